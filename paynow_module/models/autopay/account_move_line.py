# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

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
