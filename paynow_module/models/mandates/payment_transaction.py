# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class PaymentTransaction(models.Model):
    """The authorization under which a bank account is debited, or a card charged."""

    _inherit = "payment.transaction"

    paynow_mandate_id = fields.Many2one(
        string="Mandate",
        comodel_name="paynow.mandate",
        help="What the client authorized, and by which this was charged.",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
