# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMove(models.Model):
    """What the payments of several items that are on their way pay of an invoice."""

    _inherit = "account.move"

    def _paynow_get_claims(self, lines, visitor=None):
        """Override to have what was chosen for an item close that one."""
        claims = super()._paynow_get_claims(lines, visitor)
        txs_sudo = self.sudo().transaction_ids  # In sudo mode to read transactions.
        split_sudo = claims and txs_sudo.filtered("paynow_is_split")
        if not split_sudo:
            return claims
        chosen = []
        for tx_sudo in split_sudo:
            shares = tx_sudo._paynow_get_allocations_under_way(
                tx_sudo._paynow_is_in_flight(visitor)
            )
            for allocation, share in shares.items():
                if allocation.invoice_id.id == self.id:
                    own = lines.browse(allocation.line_id.id) & lines
                    chosen.append((share, own + (lines - own)))
        *others, (amount, order) = claims
        rest = amount - sum(share for share, _order in chosen)
        return [*others, *chosen, (max(0.0, rest), order)]
