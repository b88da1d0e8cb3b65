# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import format_date


class AccountMove(models.Model):
    """What pages, mails and reminders say of an invoice that is paid automatically."""

    _inherit = "account.move"

    def _paynow_get_summary(self, amount, visitor=None):
        """Override to name the day of the automatic payment."""
        return {
            **super()._paynow_get_summary(amount, visitor),
            "autopay_date": self._paynow_get_autopay_date(),
        }

    def _paynow_get_mail_values(self):
        """Override to name the day of the automatic payment."""
        return {
            **super()._paynow_get_mail_values(),
            "autopay_date": self._paynow_get_autopay_date(),
        }

    def _paynow_get_mail_notes(self):
        """Override to say that nothing needs to be done."""
        notes = super()._paynow_get_mail_notes()
        if date := self._paynow_get_autopay_date():
            note = self.env._(
                "Invoice is configured for automatic payment on %(date)s.",
                date=format_date(self.env, date),
            )
            notes.insert(0, note)
        return notes

    def _paynow_get_reminder_obstacle(self):
        """Override to remind of nothing that is paid automatically."""
        reason = super()._paynow_get_reminder_obstacle()
        if not reason and (date := self._paynow_get_autopay_date()):
            return self.env._(
                "The invoice is paid automatically on %(date)s.",
                date=format_date(self.env, date),
            )
        return reason
