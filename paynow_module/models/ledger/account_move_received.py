# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMove(models.Model):
    """What was received for an invoice by payments that have no journal entry."""

    _inherit = "account.move"

    def _paynow_get_received_without_entry(self, lines=None):
        """Return what was received for this invoice and is not in its residual yet.

        :param account.move.line lines: Only what these lines of it got, if not all.
        :return: The amount in the currency of the invoice.
        :rtype: float
        """
        self.ensure_one()
        received = self._paynow_allocate_received()
        lines = self.line_ids if lines is None else lines
        return self.currency_id.round(sum(received.get(line, 0.0) for line in lines))

    def _paynow_allocate_received(self):
        """Return what the open lines of these moves got by payments without an entry.

        An invoice of which such a payment is in process is *In Payment* for Odoo, so
        others needn't be looked at; journal entries have no such state.

        :return: The amounts, in the currency of each line that got something.
        :rtype: dict[account.move.line, float]
        """
        moves_sudo = self.sudo()  # In sudo mode as clients can't read payments.
        moves_sudo = moves_sudo.filtered(
            lambda move: (
                move.payment_state == "in_payment"
                if move.is_sale_document(include_receipts=True)
                else move.move_type == "entry"
            )
        ).with_prefetch(self._prefetch_ids)
        if not moves_sudo:
            return {}  # The usual case, asked for often.
        payments_sudo = moves_sudo.matched_payment_ids._paynow_filter_without_entry()
        received, _left = payments_sudo._paynow_allocate()
        return {line.with_env(self.env): amount for line, amount in received.items()}
