# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request

from ..exceptions import PaynowRefusal


class PaynowCheckout(http.Controller):
    """The page of a proven invoice, on which the payer chooses a method.

    `/PAYNOW/checkout/<proof>` shows the invoice and its payment methods; the payment
    form on it calls `/PAYNOW/transaction/<invoice>`, see `payment.py`.
    """

    @http.route(
        "/PAYNOW/checkout/<string:proof>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_checkout(self, proof, **_kwargs):
        """Show the proven invoice and the ways to pay it.

        :param str proof: The proof from the look-up.
        """
        return request.env["paynow.page"]._render_checkout(proof)

    @http.route(
        "/PAYNOW/checkout/<string:proof>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, so that an old page loses nothing that was typed.
    )
    def paynow_change_amount(self, proof, csrf_token=None, choice="", amount="", **_kw):
        """Lead to the checkout of the same invoice with another amount.

        :param str proof: The proof from the look-up.
        :param str csrf_token: The token of the form.
        :param str choice: An amount that the page offered.
        :param str amount: Another amount, as typed.
        """
        page = request.env["paynow.page"]
        proven = request.env["account.move"]._paynow_read_proof(
            page._get_company(), proof
        )
        # A file in place of a text is none.
        text = next((t for t in (choice, amount) if t and isinstance(t, str)), "")
        if not proven or proven.picks:  # Of several items, the list has the amounts.
            return page._render_checkout(proof)
        if not page._is_own_form(csrf_token):
            error = page._explain_old_form()
            return page._render_checkout(proof, error=error, typed=text[:40])
        invoice_sudo = proven.invoice_sudo
        try:
            value = invoice_sudo._paynow_check_amount(text, page._get_visitor())
        except PaynowRefusal as refusal:
            return page._render_checkout(proof, error=str(refusal), typed=text[:40])
        proof = invoice_sudo._paynow_sign(value, proven.email, proven.source)
        return page._redirect(f"/PAYNOW/checkout/{proof}")

    @http.route(
        "/PAYNOW/more/<int(max=2147483647):invoice_id>",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def paynow_more(self, invoice_id, access_token=None, **_kwargs):
        """Give who asks for it more time on the page.

        :param int invoice_id: The invoice that the page was opened for.
        :param str access_token: The proof that the page carried.
        :return: The new proof, as {'access_token': str}; nothing if there is none.
        :rtype: dict
        """
        company = request.env["paynow.page"]._get_company()
        Invoice = request.env["account.move"]
        proven = Invoice._paynow_read_proof(company, access_token)
        if not proven or proven.invoice_sudo.id != invoice_id:
            return {}
        proof = Invoice._paynow_extend_proof(company, access_token)
        return {"access_token": proof} if proof else {}
