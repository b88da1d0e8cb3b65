# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_announce import PaynowAnnounceCommon


@tagged("-at_install", "post_install")
class TestCourtesy(PaynowAnnounceCommon):
    """Where no notice is required, the company's own holds nothing up."""

    notice_days = 0

    def setUp(self):
        super().setUp()
        self.bill = self._bill("One", due=20)
        self._choose()

    def test_the_client_is_told_three_days_before(self):
        self._tell(16)
        self.assertFalse(self._get_notices())
        self._tell(17)
        self.assertEqual(self._get_told(self.bill), [("sent", 20, 100.0)])

    def test_the_company_sets_the_days_and_may_send_none(self):
        self.company.paynow_autopay_notice_days = 0
        self._tell(19)
        self._tell(20)
        self.assertFalse(self._get_notices())
        self.company.paynow_autopay_notice_days = 30
        self._tell()
        self.assertEqual(self._get_told(self.bill), [("sent", 20, 100.0)])

    def test_it_never_holds_a_charge(self):
        self._tell(17, is_open=False)
        self._run(days=20)
        self.assertEqual(self._get_amounts(), [100.0])
        self.assertFalse(self._get_activities(self.bill))

    def test_nothing_is_told_on_the_day_itself(self):
        self._choose(self.bill)
        self._bill("Now", due=0)
        self._tell()
        self.assertFalse(self._get_notices())
