# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request

MAX_TYPED_LENGTH = 20  # Characters that are shown again.


class PaynowCode(http.Controller):
    """Who has proven one invoice sees the others by a code, mailed to their client."""

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

        Whoever reads the mail meanwhile and comes back, comes back to a page that asks
        for no other one.

        :param str proof: The proof from the look-up.
        """
        page = request.env["paynow.page"]
        proven = self._paynow_read_proof(proof)
        if not proven:
            return page._render_expired()
        Code = request.env["paynow.code"]
        if not Code._find(proven.invoice_sudo, page._get_visitor()):
            return page._redirect(f"/PAYNOW/checkout/{proof}")
        return self._paynow_render_code(proof)

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
        page = request.env["paynow.page"]
        proven = self._paynow_read_proof(proof)
        if not proven:
            return page._render_expired()
        checkout = f"/PAYNOW/checkout/{proof}"
        if not page._is_own_form(csrf_token):
            return page._redirect(checkout)
        invoice_sudo = proven.invoice_sudo
        place = (invoice_sudo.company_id, invoice_sudo.commercial_partner_id)
        if page._get_client(*(record.id for record in place)):
            return page._redirect(page._get_items_url(*place))
        company, visitor = page._get_company(), self._paynow_get_visitor(invoice_sudo)
        Limit = request.env["paynow.limit"]
        if wait := Limit._get_wait(company, "code", **visitor):
            return page._render_wait(wait)
        if page._get_captcha_error("paynow_code"):
            return page._redirect(checkout)
        if wait := Limit._claim(company, "code", **visitor):
            return page._render_wait(wait)
        request.env["paynow.code"]._request(invoice_sudo, page._get_visitor())
        request.env["paynow.attempt"]._record(company, "code_requested", **visitor)
        return page._redirect(f"/PAYNOW/code/{proof}")

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
        page = request.env["paynow.page"]
        proven = self._paynow_read_proof(proof)
        if not proven:
            return page._render_expired()
        typed = code if isinstance(code, str) else ""  # A file is no code.
        if not page._is_own_form(csrf_token):
            return self._paynow_render_code(proof, typed, page._explain_old_form())
        invoice_sudo = proven.invoice_sudo
        place = (invoice_sudo.company_id, invoice_sudo.commercial_partner_id)
        company, visitor = page._get_company(), self._paynow_get_visitor(invoice_sudo)
        Limit = request.env["paynow.limit"]
        wait = Limit._get_wait(company, "code_try", **visitor)
        if wait := wait or Limit._claim(company, "code_try", **visitor):
            return page._render_wait(wait)
        token = request.env["paynow.code"]._redeem(
            invoice_sudo, page._get_visitor(), typed
        )
        if not token:
            request.env["paynow.attempt"]._log(company, "code_failed", **visitor)
            error = request.env._(
                "This code is wrong, or works no more. Please type the one of the"
                " newest mail, or have another one mailed."
            )
            return self._paynow_render_code(proof, typed, error)
        page._keep_client(*place, token, proven.source)
        return page._redirect(page._get_items_url(*place))

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

    def _paynow_render_code(self, proof, typed="", error=None):
        """Render the form for the code.

        :param str proof: The proof from the look-up.
        :param str typed: What stands in the field.
        :param str|None error: What went wrong.
        """
        return request.env["paynow.page"]._render(
            "paynow_module.code",
            {"proof": proof, "typed": typed[:MAX_TYPED_LENGTH], "error": error},
        )
