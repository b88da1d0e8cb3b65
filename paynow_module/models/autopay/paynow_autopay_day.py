# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class PaynowAutopay(models.Model):
    """One invoice on a day that the client chose, up to its due date."""

    _inherit = "paynow.autopay"

    day = fields.Date(
        string="On the day",
        help="When this one invoice is paid; on its due date if that is sooner, or if"
        " there is no such day.",
    )

    @api.constrains("day", "invoice_id")
    def _check_day(self):
        """Refuse a day on which this invoice can't be paid."""
        for autopay in self.filtered("day"):
            days = autopay.invoice_id._paynow_get_autopay_days_offered()
            if not days or not days[0] <= autopay.day <= days[1]:
                raise ValidationError(
                    self.env._(
                        "Choose a day from today up to the due date of an invoice that"
                        " is paid at once."
                    )
                )

    def _get_date(self, date_due):
        """Return the day on which an instalment is paid.

        :param datetime.date date_due: When it is due.
        :rtype: datetime.date
        """
        if self.day:
            return min(self.day, date_due)
        return date_due + self._get_offset()

    def _get_when(self):
        """Override to name the day."""
        if self.day:
            return self.env._("on %(date)s", date=format_date(self.env, self.day))
        return super()._get_when()
