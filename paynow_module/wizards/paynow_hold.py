# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class PaynowHold(models.TransientModel):
    """The dialog in which staff hold automatic payments."""

    _name = "paynow.hold"
    _description = "Pay Now Hold"

    invoice_ids = fields.Many2many(
        string="Invoices",
        comodel_name="account.move",
        relation="paynow_hold_invoice_rel",
        required=True,
    )
    reason = fields.Char(string="Why", required=True)
    until = fields.Date(
        help="It is charged on this day at the soonest, and the client is told so;"
        " empty until somebody releases it.",
    )

    def action_confirm(self):
        """Hold them."""
        self.ensure_one()
        self.invoice_ids._paynow_check_hold_rights()
        # In sudo mode as posted invoices are read-only.
        self.invoice_ids.sudo()._paynow_autopay_set_hold(self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}
