# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date

from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """On which days a client may have this invoice be paid."""

    _inherit = "account.move"

    def _paynow_get_autopay_days_offered(self):
        """Return from when until when this invoice may be paid, if its client chooses.

        :return: Today and the due date; None where there is nothing to choose: it is
            past due, or each of its instalments has a day of its own.
        :rtype: tuple[datetime.date, datetime.date]|None
        """
        if not self or len(self._paynow_get_term_lines()) != 1:
            return None
        today = self.company_id.sudo()._paynow_get_today()
        due = self.invoice_date_due
        return (today, due) if due and today <= due else None

    def _paynow_read_autopay_day(self, text):
        """Return the day that a form names.

        :param text: What the browser sent, as `2026-11-30`.
        :return: The day; None if it names none.
        :rtype: datetime.date|None
        :raise UserError: If it is none on which this invoice may be paid.
        """
        if not text:
            return None
        days = self._paynow_get_autopay_days_offered()
        try:
            day = date.fromisoformat(text)
        except (TypeError, ValueError):
            day = None
        if not days or not day or not days[0] <= day <= days[1]:
            raise UserError(
                self.env._("Please choose a day from today up to the due date.")
            )
        return day

    def _paynow_get_autopay_card(self):
        """Override to tell which days may be chosen."""
        return {
            **super()._paynow_get_autopay_card(),
            "days_offered": self._paynow_get_autopay_days_offered(),
        }
