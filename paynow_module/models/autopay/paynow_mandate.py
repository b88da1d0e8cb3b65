# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from markupsafe import escape

from odoo import models


class PaynowMandate(models.Model):
    """What the end of a mandate means for the automatic payments by it."""

    _inherit = "paynow.mandate"

    def _revoke(self, reason):
        """Override to end the choices by these mandates: the client pays themselves."""
        result = super()._revoke(reason)
        self._get_choices()._end("revoked")
        return result

    def _stop(self, reason):
        """Override to ask a person once; the choices stay, and nothing is charged."""
        result = super()._stop(reason)
        for mandate in self.filtered(lambda mandate: mandate.state == "stopped"):
            mandate._tell_stopped()
        return result

    def _get_choices(self):
        """Return the choices of automatic payment that rest on these mandates.

        :rtype: paynow.autopay
        """
        choices_sudo = self.env["paynow.autopay"].sudo()  # Nobody may write on one.
        return choices_sudo.search([("mandate_id", "in", self.ids)])

    def _get_stop_words(self):
        """Return why nothing is charged by this mandate, for staff.

        :rtype: str
        """
        self.ensure_one()
        if self.state == "stopped":
            return self.env._(
                "Mandate %(number)s is stopped: %(reason)s",
                number=self.reference,
                reason=self.state_reason or "",
            )
        return self.env._("Mandate %(number)s has ended.", number=self.reference)

    def _tell_stopped(self):
        """Ask an accountant, once, what is to become of a mandate that is stopped."""
        self.ensure_one()
        if not self._get_choices():
            return  # Nothing waits for it.
        client = self.partner_id
        user = self.company_id._paynow_get_administrator()
        staff_self = self.with_context(lang=user.lang or "en_US")
        summary = staff_self.env._(
            "Pay Now: mandate %(number)s is stopped", number=self.reference
        )
        if summary not in client.activity_ids.mapped("summary"):
            client._paynow_schedule(
                self.company_id,
                user,
                summary=summary,
                note=staff_self.env._(
                    "%(reason)s Nothing is charged automatically until the client has"
                    " authorized it anew; they are reminded like everybody meanwhile."
                    " Call them, or switch their automatic payment off.",
                    reason=escape(staff_self._get_stop_words()),
                ),
            )
