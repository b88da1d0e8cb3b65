# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class AccountMove(models.Model):
    """Whether and when the client is reminded of an invoice."""

    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    paynow_no_reminder = fields.Boolean(
        string="No reminders",
        help="No past due mail is sent for this invoice.",
        copy=False,
        tracking=True,
    )
    paynow_hold_until = fields.Date(
        string="No reminders until",
        help="Reminders pause up to this day, say because the client disputes the"
        " invoice or has promised to pay.",
        copy=False,
        tracking=True,
    )
    paynow_hold_reason = fields.Char(
        string="Reason of the pause", copy=False, tracking=True
    )
