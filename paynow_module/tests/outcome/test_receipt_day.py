# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from ..common import PaynowCommon


@tagged("post_install", "-at_install")
class TestReceiptDay(PaynowCommon):
    """The day of a payment that is not posted yet is the company's, not that of UTC."""

    def _get_day(self, zone, state="pending"):
        """Return the day on the receipt of a payment of this moment."""
        self.company.partner_id.tz = zone
        self.env.flush_all()
        return self._pay(state)._paynow_get_receipt()["date"]

    @freeze_time("2026-11-28 01:37:00")
    def test_an_evening_in_new_york_is_still_that_day(self):
        self.assertEqual(self._get_day("America/New_York"), date(2026, 11, 27))

    @freeze_time("2027-01-01 02:30:00")
    def test_new_year_s_eve_is_in_the_old_year(self):
        self.assertEqual(self._get_day("America/New_York"), date(2026, 12, 31))

    @freeze_time("2026-11-27 15:30:00")
    def test_a_morning_in_tokyo_is_the_next_day(self):
        self.assertEqual(self._get_day("Asia/Tokyo"), date(2026, 11, 28))

    @freeze_time("2026-11-28 01:37:00")
    def test_a_decline_has_its_day_too(self):
        self.assertEqual(self._get_day("America/New_York", "error"), date(2026, 11, 27))
