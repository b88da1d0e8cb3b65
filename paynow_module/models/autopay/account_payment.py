# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountPayment(models.Model):
    """Automatic payments pay the instalments that they were made for.

    Where a late one is left to the client, the first due first would close that one
    with the money for another, of which the client would be reminded next.
    """

    _inherit = "account.payment"

    def action_post(self):
        """Override of `account` to match an automatic payment with what it is for.

        `account_payment` matches it with all of the invoice next; what it finds matched
        it leaves alone.
        """
        result = super().action_post()
        for payment in self:
            tx_sudo = payment.payment_transaction_id.sudo()  # Not all who post read it.
            if payment._paynow_is_autopay() and not tx_sudo.payment_id:
                payment._paynow_autopay_match(tx_sudo._paynow_get_invoices())
        return result

    def _paynow_autopay_match(self, invoice):
        """Match this payment with the instalments that are not left to the client.

        :param account.move invoice: The invoice, as yet not matched with it.
        """
        self.ensure_one()
        terms = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term" and not line.reconciled
        )
        if invoice.state == "posted" and any(terms.mapped("paynow_autopay_left")):
            (
                self.move_id.line_ids
                | terms.filtered(lambda line: not line.paynow_autopay_left)
            ).filtered(
                lambda line: (
                    line.account_id == self.destination_account_id
                    and not line.reconciled
                )
            ).reconcile()

    def _paynow_get_paid_lines(self):
        """Override to pay what is left to the client last, without an entry, too."""
        lines = super()._paynow_get_paid_lines()
        if self._paynow_is_autopay():
            lines = lines.sorted(lambda line: line.paynow_autopay_left)
        return lines

    def _paynow_is_autopay(self):
        """Tell whether this payment was made automatically.

        :rtype: bool
        """
        tx_sudo = self.payment_transaction_id.sudo()  # Clients see what they paid.
        return bool(
            self.payment_type == "inbound"
            and tx_sudo
            and tx_sudo._paynow_get_source().paynow_run_key
        )
