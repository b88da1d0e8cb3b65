# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class AccountMoveLine(models.Model):
    """Which instalments are paid automatically, and what pays them."""

    _inherit = "account.move.line"

    paynow_autopay_left = fields.Boolean(
        string="Left to the client",
        help="This instalment was late when the client chose automatic payment of all"
        " invoices: it is not charged, the client is reminded of it.",
        readonly=True,
        copy=False,
    )

    def _paynow_is_autopay_left(self):
        """Tell whether this instalment is left to the client.

        :rtype: bool
        """
        self.ensure_one()
        # That of all lines at hand, and none of a hundred other columns.
        self.browse(self._prefetch_ids).fetch(["paynow_autopay_left"])
        return self.paynow_autopay_left

    def write(self, vals):
        """Override of `account` to let automatic payment follow a new due date."""
        result = super().write(vals)
        if "date_maturity" in vals:
            moves = self.filtered(
                lambda line: (
                    line.display_type == "payment_term"
                    and line.parent_state == "posted"
                )
            ).move_id
            # In sudo mode as whoever writes may not read the client's choice.
            for move_sudo in moves.sudo().filtered("paynow_autopay_date"):
                move_sudo._paynow_autopay_follow_due_date()
        return result
