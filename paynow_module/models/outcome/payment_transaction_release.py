# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class PaymentTransaction(models.Model):
    """A payment on its way that shall no longer keep others from paying."""

    _inherit = "payment.transaction"

    def action_paynow_release(self):
        """Let others pay what these pending payments were begun for.

        Where one of them brings its money all the same, that is booked as ever, and
        what no invoice takes is told as a second payment.

        :raise AccessError: See `_paynow_check_rights`.
        """
        self._paynow_check_rights()
        # In sudo mode as accountants can't write on transactions.
        for tx_sudo in self.sudo().filtered(lambda tx: tx.state == "pending"):
            tx_sudo.paynow_released_date = fields.Datetime.now()
            tx = tx_sudo._paynow_for_staff()
            tx._log_message_on_linked_documents(
                tx.env._(
                    "Pay Now: payment %(reference)s no longer keeps others from paying,"
                    " though the provider has not settled it yet.",
                    reference=tx.reference,
                )
            )
