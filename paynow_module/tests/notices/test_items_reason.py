# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_items import PaynowItemsCommon


@tagged("-at_install", "post_install")
class TestItemsReason(PaynowItemsCommon):
    """Why a client paid less of an invoice, among several."""

    def setUp(self):
        super().setUp()
        self._arrive()

    def _get_told(self, invoice):
        return invoice.activity_ids.filtered(
            lambda activity: "paid less" in activity.summary
        )

    def test_staff_read_the_reason_once_the_money_is_there(self):
        line = self._get_line(self.invoice)
        tx = self._pay_items(
            {self.invoice: "80", self.late: "50"},
            **{f"reason_{line.id}": "two pieces <b>damaged</b>"},
        )
        self.assertFalse(self._get_told(self.invoice))
        self._confirm(tx)
        self.assertIn(
            "two pieces &lt;b&gt;damaged&lt;/b&gt;", self._get_told(self.invoice).note
        )
        self.assertTrue(self.invoice.paynow_hold_until)
        self.assertFalse(self._get_told(self.late))

    def test_nothing_is_told_where_all_was_paid(self):
        line = self._get_line(self.invoice)
        tx = self._pay_items(
            {self.invoice: "100"}, **{f"reason_{line.id}": "no reason at all"}
        )
        self._confirm(tx)
        self.assertFalse(self._get_told(self.invoice))
