# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models

from ..const import ACH_RETURN_CODES


class PaynowReturn(models.TransientModel):
    """The dialog in which an accountant marks a bank payment as returned."""

    _name = "paynow.return"
    _description = "Pay Now Return"
    _rec_name = "transaction_id"

    transaction_id = fields.Many2one(
        comodel_name="payment.transaction", required=True, readonly=True
    )
    amount = fields.Monetary(related="transaction_id.amount")
    currency_id = fields.Many2one(related="transaction_id.currency_id")
    code = fields.Selection(string="Reason", selection=ACH_RETURN_CODES, required=True)
    date = fields.Date(
        string="Date of return",
        help="The payment is taken back in the books on this day, or on the first day"
        " after it that is not locked.",
        compute="_compute_date",
        precompute=True,
        store=True,
        readonly=False,
        required=True,
    )
    note = fields.Char()

    @api.depends("transaction_id")
    def _compute_date(self):
        for wizard in self:
            wizard.date = wizard.transaction_id.company_id._paynow_get_today()

    def action_confirm(self):
        """Mark the payment as returned."""
        self.ensure_one()
        self.transaction_id._paynow_check_rights()
        reason = dict(ACH_RETURN_CODES)[self.code]
        # In sudo mode as accountants can't write on transactions.
        self.transaction_id.sudo().with_context(
            payment_backend_action=True
        )._paynow_mark_returned(reason, self.date, self.note)
        return {"type": "ir.actions.act_window_close"}
