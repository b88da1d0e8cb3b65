# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMove(models.Model):
    """What a credit of the client, not applied yet, means for automatic payment."""

    _inherit = "account.move"

    def _paynow_is_held_by_credit(self):
        """Override to hold an automatic payment, whatever the amount of the credit."""
        invoice_sudo = self.sudo()  # Clients learn no more than that it waits.
        if (
            invoice_sudo.paynow_credit
            and not invoice_sudo.paynow_ignore_credit
            and invoice_sudo.paynow_autopay_date
            and self._paynow_is_autopay_on()
        ):
            return True
        return super()._paynow_is_held_by_credit()
