# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class PaynowMandateAllow(models.TransientModel):
    """The dialog in which an accountant allows what a returned payment has stopped."""

    _name = "paynow.mandate.allow"
    _description = "Pay Now Mandate: Allow Again"
    _rec_name = "mandate_id"

    mandate_id = fields.Many2one(
        comodel_name="paynow.mandate", required=True, readonly=True
    )
    partner_id = fields.Many2one(related="mandate_id.partner_id")
    state_reason = fields.Char(related="mandate_id.state_reason")
    reason = fields.Char(
        string="What the client said",
        help="To whom and when: it is kept with the mandate.",
        required=True,
    )

    def action_confirm(self):
        """Allow the client's bank debits again."""
        self.ensure_one()
        self.mandate_id._allow_again(self.reason)
        return {"type": "ir.actions.act_window_close"}
