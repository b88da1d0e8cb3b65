# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account` to book all of the discount that a payer was promised.

        `account_payment` passes on the first line of each kind only, so what a second
        tax loses would stay owed; and of a captured part, none.
        """
        for vals in vals_list:
            tx = self.env["payment.transaction"].browse(
                vals.get("payment_transaction_id")
            )
            if lines := tx._paynow_prepare_discount():
                vals["write_off_line_vals"] = lines
                # As Odoo's own dialog does: the taxes are among the lines already.
                self = self.with_context(skip_invoice_sync=True)
        return super().create(vals_list)

    def _paynow_get_discount_day(self):
        """Override to go by the day on which the payer pressed *Pay*."""
        tx_sudo = self.payment_transaction_id.sudo()  # Clients see what they paid.
        if tx_sudo.is_paynow:
            return tx_sudo._paynow_get_day()
        return super()._paynow_get_discount_day()
