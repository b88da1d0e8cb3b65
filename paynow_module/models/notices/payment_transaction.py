# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class PaymentTransaction(models.Model):
    """What payers say of an invoice of which they paid less."""

    _inherit = "payment.transaction"

    def _post_process(self):
        """Override of `account_payment` to tell staff why less was paid, once it is."""
        txs = self.filtered(lambda tx: tx.paynow_is_split and not tx.is_post_processed)
        res = super()._post_process()
        for tx in txs.filtered(lambda tx: tx.state == "done"):
            for allocation in tx.paynow_allocation_ids.filtered("reason"):
                allocation.invoice_id._paynow_tell_short(
                    tx.paynow_email, allocation.reason
                )
        return res
