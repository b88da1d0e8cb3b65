# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import http
from odoo.http import request

MAX_TYPED_LENGTH = 20  # Characters that are shown again.
#: For how long the browser sees the client's open invoices afterwards.
LIST_VALIDITY = timedelta(hours=12)


class PaynowCode(http.Controller):
    """Who has proven one invoice proves by a mailed code that they are its client.

    Here to see the others; for another purpose, routes of their own call the same
    three steps, and override `_paynow_get_ways` and `_paynow_open`.
    """

    @http.route(
        "/PAYNOW/code/<string:proof>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_code(self, proof, **_kwargs):
        """Show the form for the code that this browser asked for.

        :param str proof: The proof from the look-up.
        """
        return self._paynow_show_code(proof, "items")

    @http.route(
        "/PAYNOW/code/<string:proof>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, as for the look-up.
    )
    def paynow_code_request(self, proof, csrf_token=None, **_kwargs):
        """Have a code mailed to the billing address of the invoice, if there is one.

        :param str proof: The proof from the look-up.
        :param str csrf_token: The token of the form.
        """
        return self._paynow_request_code(proof, "items", csrf_token)

    @http.route(
        "/PAYNOW/code/<string:proof>/check",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, so that an old page loses nothing that was typed.
    )
    def paynow_code_check(self, proof, csrf_token=None, code="", **_kwargs):
        """Open the client's list to whom types the code.

        :param str proof: The proof from the look-up.
        :param str csrf_token: The token of the form.
        :param str code: The code, as typed.
        """
        return self._paynow_check_code(proof, "items", csrf_token, code)

    # === STEPS === #

    def _paynow_show_code(self, proof, purpose):
        """Show the form for the code that this browser asked for.

        Whoever reads the mail meanwhile and comes back, comes back to a page that asks
        for no other one.

        :param str proof: The proof of an invoice.
        :param str purpose: What the code opens, see `paynow.code`.
        """
        page = request.env["paynow.page"]
        proven = self._paynow_read_proof(proof)
        if not proven:
            return page._render_expired()
        Code = request.env["paynow.code"]
        if not Code._find(proven.invoice_sudo, page._get_visitor(), purpose):
            return page._redirect(self._paynow_get_ways(proof, purpose)["back_url"])
        return self._paynow_render_code(proof, purpose)

    def _paynow_request_code(self, proof, purpose, csrf_token):
        """Have a code mailed to the billing address of the invoice, if there is one.

        :param str proof: The proof of an invoice.
        :param str purpose: What the code opens, see `paynow.code`.
        :param str csrf_token: The token of the form.
        """
        page = request.env["paynow.page"]
        proven = self._paynow_read_proof(proof)
        if not proven:
            return page._render_expired()
        ways = self._paynow_get_ways(proof, purpose)
        if not page._is_own_form(csrf_token):
            return page._redirect(ways["back_url"])
        invoice_sudo = proven.invoice_sudo
        if url := self._paynow_get_code_opened(invoice_sudo, purpose):
            return page._redirect(url)
        company, visitor = page._get_company(), self._paynow_get_visitor(invoice_sudo)
        Limit = request.env["paynow.limit"]
        if wait := Limit._get_wait(company, "code", **visitor):
            return page._render_wait(wait)
        if page._get_captcha_error("paynow_code"):
            return page._redirect(ways["back_url"])
        if wait := Limit._claim(company, "code", **visitor):
            return page._render_wait(wait)
        request.env["paynow.code"]._request(invoice_sudo, page._get_visitor(), purpose)
        request.env["paynow.attempt"]._record(company, "code_requested", **visitor)
        return page._redirect(ways["code_url"])

    def _paynow_check_code(self, proof, purpose, csrf_token, code):
        """Open what a code is for to whom types it.

        :param str proof: The proof of an invoice.
        :param str purpose: What the code opens, see `paynow.code`.
        :param str csrf_token: The token of the form.
        :param str code: The code, as typed.
        """
        page = request.env["paynow.page"]
        proven = self._paynow_read_proof(proof)
        if not proven:
            return page._render_expired()
        typed = code if isinstance(code, str) else ""  # A file is no code.
        if not page._is_own_form(csrf_token):
            error = page._explain_old_form()
            return self._paynow_render_code(proof, purpose, typed, error)
        invoice_sudo = proven.invoice_sudo
        company, visitor = page._get_company(), self._paynow_get_visitor(invoice_sudo)
        Limit = request.env["paynow.limit"]
        wait = Limit._get_wait(company, "code_try", **visitor)
        if wait := wait or Limit._claim(company, "code_try", **visitor):
            return page._render_wait(wait)
        email = request.env["paynow.code"]._redeem(
            invoice_sudo, page._get_visitor(), typed, purpose
        )
        if not email:
            request.env["paynow.attempt"]._log(company, "code_failed", **visitor)
            error = request.env._(
                "This code is wrong, or works no more. Please type the one of the"
                " newest mail, or have another one mailed."
            )
            return self._paynow_render_code(proof, purpose, typed, error)
        return page._redirect(self._paynow_open(proven, email, purpose))

    # === PURPOSES === #

    def _paynow_get_ways(self, proof, purpose):
        """Return where the pages of a code lead; overridden for each other purpose.

        :param str proof: The proof of an invoice.
        :param str purpose: What the code opens, see `paynow.code`.
        :return: The addresses of the page before, of the form and of its check.
        :rtype: dict[str, str]
        """
        return {
            "back_url": f"/PAYNOW/checkout/{proof}",
            "code_url": f"/PAYNOW/code/{proof}",
            "check_url": f"/PAYNOW/code/{proof}/check",
        }

    def _paynow_get_code_opened(self, invoice_sudo, purpose):
        """Return where to go without a code, as one was typed; see `_paynow_get_ways`.

        :param account.move invoice_sudo: The proven invoice.
        :param str purpose: What the code opens.
        :rtype: str|None
        """
        page = request.env["paynow.page"]
        place = (invoice_sudo.company_id, invoice_sudo.commercial_partner_id)
        if page._get_client(*(record.id for record in place)):
            return page._get_items_url(*place)
        return None

    def _paynow_open(self, proven, email, purpose):
        """Open what a code is for to this browser; see `_paynow_get_ways`.

        :param Proof proven: What it has proven before.
        :param str email: The address of the client to which the code was mailed.
        :param str purpose: What the code opens.
        :return: Where to go.
        :rtype: str
        """
        page = request.env["paynow.page"]
        invoice_sudo = proven.invoice_sudo
        place = (invoice_sudo.company_id, invoice_sudo.commercial_partner_id)
        token = invoice_sudo.commercial_partner_id._paynow_sign_client(
            invoice_sudo.company_id, email, LIST_VALIDITY
        )
        page._keep_client(*place, token, proven.source)
        return page._get_items_url(*place)

    # === HELPERS === #

    def _paynow_read_proof(self, proof):
        """See `_paynow_read_proof` of the invoice."""
        company = request.env["paynow.page"]._get_company()
        return request.env["account.move"]._paynow_read_proof(company, proof)

    def _paynow_get_visitor(self, invoice_sudo):
        """Return who visits, as limits count them.

        :param account.move invoice_sudo: The proven invoice.
        :rtype: dict
        """
        page = request.env["paynow.page"]
        return {
            "ip": page._get_client_ip(),
            "invoice_id": invoice_sudo.id,
            "client_id": invoice_sudo.commercial_partner_id.id,
            "is_known": page._is_known(invoice_sudo),
        }

    def _paynow_render_code(self, proof, purpose, typed="", error=None):
        """Render the form for the code.

        :param str proof: The proof of an invoice.
        :param str purpose: What the code opens, see `paynow.code`.
        :param str typed: What stands in the field.
        :param str|None error: What went wrong.
        """
        return request.env["paynow.page"]._render(
            "paynow_module.code",
            {
                **self._paynow_get_ways(proof, purpose),
                "purpose": purpose,
                "typed": typed[:MAX_TYPED_LENGTH],
                "error": error,
            },
        )
