# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class PaymentTransaction(models.Model):
    """What the receipt repeats of the authorization."""

    _inherit = "payment.transaction"

    def _paynow_get_receipt(self):
        """Override to repeat what the payer authorized, and how they revoke it."""
        receipt = super()._paynow_get_receipt()
        mandate_sudo = self.paynow_mandate_id.sudo()  # Payers can't read it.
        # A copy goes to whom the payer names: what they authorized is theirs.
        if not mandate_sudo or self.env.context.get("paynow_copy"):
            return {**receipt, "mandate": False}
        return {
            **receipt,
            "mandate": {
                "number": mandate_sudo.reference,
                # Of automatic payments, the client got a copy when they began.
                "text": mandate_sudo.kind == "once" and mandate_sudo.text,
                "revoke": mandate_sudo._get_revoke_words(),
                "url": self._paynow_get_landing_route() + "/mandate",
            },
        }
