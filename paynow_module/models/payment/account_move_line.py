# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class AccountMoveLine(models.Model):
    """The lines of a payment of several items: each is matched with its own."""

    _inherit = "account.move.line"

    paynow_allocation_id = fields.Many2one(
        string="Pay Now allocation",
        comodel_name="paynow.allocation",
        help="What of a Pay Now payment this line books.",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def reconcile(self):
        """Override of `account` to leave alone what was matched by allocations.

        `account_payment` would match what is left over with the other items, which
        get what the payer chose and no more.
        """
        if self.env.context.get("paynow_is_split"):
            return None
        return super().reconcile()
