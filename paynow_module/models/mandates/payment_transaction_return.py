# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

# The returns that say that there is no authorization, or none any more.
# Sources: Nacha Operating Rules, Appendix Four (R05, R07, R10, R29); EPC, SEPA Direct
# Debit Rulebooks, Reason Codes (MD01 no mandate, MD06 refund asked for by the debtor).
STOP_CODES = ("R05", "R07", "R10", "R29", "MD01", "MD06")


class PaymentTransaction(models.Model):
    """Which returned payments stop all further ones of the client."""

    _inherit = "payment.transaction"

    def _paynow_mark_returned(self, reason, date, note=""):
        """Override to stop the client's mandates where there is none for the bank."""
        res = super()._paynow_mark_returned(reason, date, note)
        if reason.split(" ")[0] in STOP_CODES:
            self._paynow_stop_mandates(reason)
        return res

    def _paynow_stop_mandates(self, reason):
        """Stop all bank debits of the client until a person decides.

        Which account it was is not known to us: all that the client has authorized
        from any one waits.

        :param str reason: What the bank said.
        """
        self.ensure_one()
        mandates = self.env["paynow.mandate"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("medium", "=", "bank"),
                ("state", "=", "active"),
            ]
        )
        mandates._stop(self.env._("Returned by the bank: %(reason)s", reason=reason))
        if mandates:
            staff_self = self._paynow_for_staff()
            staff_self._paynow_alert(
                staff_self.env._("Pay Now: bank debits stopped"),
                staff_self.env._(
                    "The bank says that the client has not authorized payment %(ref)s:"
                    " %(reason)s. No bank account of this client is debited any more,"
                    " automatically or on the page, until you have asked them and press"
                    " Allow again on a mandate.",
                    ref=self.reference,
                    reason=reason,
                ),
            )
