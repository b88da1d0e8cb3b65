# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request

from ..exceptions import PaynowRefusal

FIELDS = ("kind", "words", "date")


class PaynowTell(http.Controller):
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
        page = request.env["paynow.page"]
        company = page._get_company()
        proven = request.env["account.move"]._paynow_read_proof(company, proof)
        if not proven or proven.picks:  # Of several items, each has its own page.
            return page._render_expired()
        invoice_sudo = proven.invoice_sudo
        is_sent = request.httprequest.method == "POST"
        # A file in place of a text is none, and a link fills nothing in.
        values = {name: is_sent and kwargs.get(name) for name in FIELDS}
        values = {k: v if isinstance(v, str) else "" for k, v in values.items()}
        content = {
            "number": invoice_sudo.name,
            "proof": proof,
            "values": values,
            "error": None,
            "error_field": None,
            "today": invoice_sudo.company_id._paynow_get_today(),
        }
        if not is_sent:
            return page._render("paynow_module.tell", content)
        if not page._is_own_form(csrf_token):
            content["error"] = request.env._(
                "This page was open for too long. Nothing is lost: please press Send"
                " again."
            )
            return page._render("paynow_module.tell", content)
        visitor = {
            "ip": page._get_client_ip(),
            "invoice_id": invoice_sudo.id,
            "is_known": page._is_known(invoice_sudo),
        }
        Limit = request.env["paynow.limit"]
        if wait := Limit._get_wait(company, "words", **visitor):
            return page._render_wait(wait)
        if error := page._get_captcha_error("paynow_words"):
            return page._render("paynow_module.tell", {**content, "error": error})
        if wait := Limit._claim(company, "words", **visitor):
            return page._render_wait(wait)
        try:
            until = invoice_sudo._paynow_tell(
                values["kind"], proven.email, values["words"], values["date"]
            )
        except PaynowRefusal as refusal:
            content.update(error=str(refusal), error_field=refusal.field)
            return page._render("paynow_module.tell", content)
        request.env["paynow.attempt"]._record(company, "words", **visitor)
        return page._render(
            "paynow_module.told",
            {"number": invoice_sudo.name, "until": until, "proof": proof},
        )
