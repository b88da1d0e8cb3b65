# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMove(models.Model):
    """What the automatic payments on their way pay of an invoice with instalments."""

    _inherit = "account.move"

    def _paynow_get_claims(self, lines, visitor=None):
        """Override to have automatic payments on their way pay what they are for.

        Not the oldest, where that is left to the client.
        """
        claims = super()._paynow_get_claims(lines, visitor)
        left = claims and lines.filtered(lambda line: line._paynow_is_autopay_left())
        if not left:
            return claims
        charged = sum(
            tx._paynow_get_under_way(tx._paynow_is_in_flight(visitor))
            for tx in self.sudo().transaction_ids  # In sudo mode to read them.
            if tx.paynow_run_key
        )
        if not charged:
            return claims
        *chosen, (amount, order) = claims
        return [*chosen, (charged, (lines - left) + left), (amount - charged, order)]
