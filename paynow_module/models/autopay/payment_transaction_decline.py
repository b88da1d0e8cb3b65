# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

from .payment_provider_decline import UNAUTHORIZED


class PaymentTransaction(models.Model):
    """Automatic payments that are declined: what follows beyond the invoice."""

    _inherit = "payment.transaction"

    def _paynow_autopay_give_up(self, payment_data):
        """End an automatic payment that waits for the client, and can't be confirmed.

        Odoo would leave it a draft (Stripe) or pending (Adyen) for ever. The client
        gets a link instead, so nobody may complete this one, too.

        :param dict payment_data: What the provider reports.
        """
        self.ensure_one()
        intent = payment_data.get("payment_intent") or {}
        self.provider_reference = intent.get("id") or payment_data.get("pspReference")
        if not self.env.context.get("paynow_is_closing"):  # Its answer comes here, too.
            closing = self.with_context(paynow_is_closing=True)
            self.provider_id._paynow_close(closing)
        if self.state == "draft":
            self._set_error(
                self.env._("The bank wants the client to confirm the payment.")
            )

    def _paynow_autopay_stop_mandate(self, decline):
        """Stop all payments by a mandate that the client's bank says does not exist.

        Source: Nacha Operating Rules (R05, R07, R10, R29: no further debits without a
        new authorization), and the card networks' rules on revoked authorizations.

        :param str|None decline: The class of the decline.
        """
        if decline == UNAUTHORIZED:
            self.paynow_mandate_id._stop(
                self.env._(
                    "The bank says that the client does not authorize payments:"
                    " %(message)s",
                    message=self.state_message or "",
                )
            )
