# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request

from ..models.outcome.payment_transaction_receipt import RECEIPT_ROUTE
from .page import PaynowPage


class PaynowCheckout(PaynowPage):
    """The pages of a proven invoice, from the choice of a method to the receipt.

    The following routes are exposed:
    - `/PAYNOW/checkout/<proof>` shows the invoice and its payment methods; the payment
      form on it calls `/PAYNOW/transaction/<invoice>`, see `payment.py`.
    - `/PAYNOW/receipt/<token>`, the landing route, shows what became of the payment.
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
        company = self._get_company()
        proven = request.env["account.move"]._paynow_read_proof(company, proof)
        if not proven:
            return self._render("paynow_module.expired", {}, status=403)
        invoice_sudo, amount, email = proven
        own_tx = self._get_own_transaction()
        if response := self._render_nothing_to_pay(invoice_sudo, amount, own_tx, proof):
            return response
        report = {}
        providers_sudo, methods_sudo = request.env[
            "payment.provider"
        ]._paynow_get_options(
            company,
            request.website,
            partner=invoice_sudo.partner_id,
            amount=amount,
            currency=invoice_sudo.currency_id,
            report=report,
        )
        payment_context = {
            "reference_prefix": invoice_sudo.name,
            "amount": amount,
            "currency": invoice_sudo.currency_id,
            "partner_id": invoice_sudo.partner_id.id,
            "providers_sudo": providers_sudo,
            "payment_methods_sudo": methods_sudo,
            "tokens_sudo": request.env["payment.token"],  # None is ever offered.
            "show_tokenize_input_mapping": dict.fromkeys(providers_sudo.ids, False),
            "availability_report": report,
            "transaction_route": f"/PAYNOW/transaction/{invoice_sudo.id}",
            "landing_route": RECEIPT_ROUTE,
            "access_token": proof,
        }
        values = {
            "invoice": invoice_sudo._paynow_get_summary(amount, own_tx),
            "company_name": company.name,
            "email": email,
            "proof": proof,
        }
        return self._render(
            "paynow_module.checkout", {**values, **payment_context}, token=proof
        )

    @http.route(
        f"{RECEIPT_ROUTE}/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_receipt(self, token, **_kwargs):
        """Show what became of a payment.

        :param str token: The token of the landing route.
        """
        company = self._get_company()
        tx_sudo = request.env["payment.transaction"]._paynow_read_receipt(
            company, token
        )
        if not tx_sudo:
            return self._render("paynow_module.expired", {}, status=403)
        return self._render(
            "paynow_module.receipt", tx_sudo._paynow_get_receipt(), token=token
        )
