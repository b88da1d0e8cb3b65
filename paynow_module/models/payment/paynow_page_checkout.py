# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models
from odoo.http import request

from .payment_transaction import LANDING_ROUTE


class PaynowPage(models.AbstractModel):
    """The page on which a payer chooses a method, from a look-up or a mailed link."""

    _inherit = "paynow.page"

    @api.model
    def _render_checkout(self, proof, **more):
        """Render the page of a proven invoice.

        :param str proof: The proof of invoice, address and amount.
        :param dict more: Further values of the template: the other amount that can't be
            paid, as `typed`, and why, as `error`; of a mailed link what
            `_prepare_mailed` returns, as `mailed`.
        """
        Invoice = self.env["account.move"]
        if response := self._render_off(Invoice._paynow_read_proof, proof):
            return response
        proven = Invoice._paynow_read_proof(self._get_company(), proof)
        if not proven:
            return self._render_expired()
        invoice_sudo, amount = proven.invoice_sudo, proven.amount
        company_sudo = invoice_sudo.company_id  # A branch may be paid here, too.
        if proven.picks:
            response = self._render_items_changed(proven)
        else:
            response = self._render_nothing_to_pay(invoice_sudo, amount, proof)
        if response:
            return response
        report = {}
        providers_sudo, methods_sudo = self.env["payment.provider"]._paynow_get_options(
            company_sudo,
            request.website,
            partner=proven.partner_sudo,
            amount=amount,
            currency=invoice_sudo.currency_id,
            report=report,
        )
        payment_context = {
            "reference_prefix": invoice_sudo.name,
            "amount": amount,
            "currency": invoice_sudo.currency_id,
            "partner_id": proven.partner_sudo.id,
            "providers_sudo": providers_sudo,
            "payment_methods_sudo": methods_sudo,
            "tokens_sudo": self.env["payment.token"],  # None is ever offered.
            "show_tokenize_input_mapping": dict.fromkeys(providers_sudo.ids, False),
            "availability_report": report,
            "transaction_route": f"/PAYNOW/transaction/{invoice_sudo.id}",
            "landing_route": LANDING_ROUTE,
            "access_token": proof,
        }
        if proven.picks:
            summary = self._prepare_picks(proven)
        else:
            summary = invoice_sudo._paynow_get_summary(amount, self._get_visitor())
        largest = not methods_sudo and invoice_sudo._paynow_prepare_largest(
            request.website
        )
        if largest:
            summary["choices"] = [largest]
        values = {
            "invoice": summary,
            "largest": largest,
            "company_name": company_sudo.name,
            "email": proven.email,
            "proof": proof,
            "error": None,
            "typed": "",
            "mailed": None,
            "authorizations": self._prepare_authorizations(proven, methods_sudo),
            **more,
        }
        return self._render("paynow_module.checkout", {**values, **payment_context})

    @api.model
    def _prepare_authorizations(self, proven, methods_sudo):
        """Return what the payer agrees to by pressing *Pay*, where a method asks it.

        `mandates` overrides it for bank debits.

        :param Proof proven: What the payer has proven.
        :param payment.method methods_sudo: The methods that are offered.
        :return: The words, by the ids of the methods.
        :rtype: dict[int, str]
        """
        return {}
