# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import models


class AccountMove(models.Model):
    """The day on which a returned payment is taken back in the books."""

    _inherit = "account.move"

    def _get_accounting_date(self, invoice_date, has_tax, lock_dates=None):
        """Override of `account` to date all that a return undoes on its day.

        With the payment its exchange difference and its tax on cash basis are reversed.
        Odoo dates these like the originals, so that an open prior period would change.
        """
        if date := self.env.context.get("paynow_return_date"):
            return self._paynow_get_open_day(max(date, invoice_date), has_tax)
        return super()._get_accounting_date(invoice_date, has_tax, lock_dates)

    def _paynow_get_open_day(self, date, has_tax):
        """Return the first day from a day on that no lock of this journal closes.

        :param datetime.date date: The day.
        :param bool has_tax: Whether the entry counts for a tax return.
        :rtype: datetime.date
        """
        self.ensure_one()
        locks = self._get_violated_lock_dates(date, has_tax)
        return locks[-1][0] + timedelta(days=1) if locks else date
