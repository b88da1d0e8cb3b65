# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request

from ..exceptions import PaynowRefusal
from .page import PaynowPage

WORDS = ("kind", "words", "date")


class PaynowWords(PaynowPage):
    """What a client says instead of paying, once their pair is proven."""

    @http.route(
        "/PAYNOW/tell/<string:proof>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, so that an old page loses nothing that was typed.
    )
    def paynow_tell(self, proof, csrf_token=None, **kwargs):
        """Show the form and take what it sends.

        :param str proof: The proof from the look-up.
        :param str csrf_token: The token of the form.
        :param dict kwargs: The fields of the form, by name.
        """
        company = self._get_company()
        proven = request.env["account.move"]._paynow_read_proof(company, proof)
        if not proven:
            return self._render("paynow_module.expired", {}, status=403)
        invoice_sudo, _amount, email = proven
        is_sent = request.httprequest.method == "POST"
        # A file in place of a text is none, and a link fills nothing in.
        values = {name: is_sent and kwargs.get(name) for name in WORDS}
        values = {k: v if isinstance(v, str) else "" for k, v in values.items()}
        page = {
            "number": invoice_sudo.name,
            "proof": proof,
            "values": values,
            "error": None,
            "error_field": None,
            "today": company._get_paynow_today(),
        }
        if not is_sent:
            return self._render("paynow_module.tell", page, token=proof)
        if not self._is_own_form(csrf_token):
            page["error"] = request.env._(
                "This page was open for too long. Nothing is lost: please press Send"
                " again."
            )
            return self._render("paynow_module.tell", page)
        visitor = {"ip": self._get_client_ip(), "invoice_id": invoice_sudo.id}
        Limit = request.env["paynow.limit"]
        if wait := Limit._get_wait(company, "words", **visitor):
            return self._render_wait(wait)
        if error := self._get_captcha_error("paynow_words"):
            return self._render("paynow_module.tell", {**page, "error": error})
        if wait := Limit._claim(company, "words", **visitor):
            return self._render_wait(wait)
        try:
            until = invoice_sudo._paynow_tell(
                values["kind"], email, values["words"], values["date"]
            )
        except PaynowRefusal as refusal:
            page.update(error=str(refusal), error_field=refusal.field)
            return self._render("paynow_module.tell", page)
        request.env["paynow.attempt"]._record(company, "words", **visitor)
        return self._render(
            "paynow_module.told",
            {"number": invoice_sudo.name, "until": until, "proof": proof},
        )
