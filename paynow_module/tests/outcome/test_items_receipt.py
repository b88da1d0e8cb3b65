# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_items import PaynowItemsCommon

FEW, FOLDED = 5, 6  # Items; from so many on they are folded.


@tagged("-at_install", "post_install")
class TestItemsReceipt(PaynowItemsCommon):
    """What the payer of several invoices reads: all, and none of it in the way."""

    def _bill(self, count):
        """Post as many invoices as are needed for a list of so many, and open it."""
        for number in range(count - len(self.invoices)):
            self.invoices += self._create_bill(f"More{number}", 10.0)
        self._arrive()

    def _pay_all(self):
        return self._pay_items(
            {bill: f"{bill.amount_residual:.2f}" for bill in self.invoices}
        )

    def _read_receipt(self, tx):
        """Return the receipt as the browser that paid reads it."""
        return self._parse(self.url_open(tx.landing_route))

    def test_few_rows_stand_in_the_receipt_itself(self):
        self._bill(FEW)
        tx = self._pay_all()
        self._confirm(tx)
        page = self._read_receipt(tx)
        self.assertFalse(page.xpath("//*[@id='o_paynow_receipt']//details"))
        self.assertEqual(len(page.xpath("//dd[@data-name='item']")), FEW)

    def test_many_rows_are_folded_in_the_receipt(self):
        self._bill(FOLDED)
        tx = self._pay_all()
        self._confirm(tx)
        page = self._read_receipt(tx)
        (details,) = page.xpath("//*[@id='o_paynow_receipt']//details")
        self.assertEqual(details.xpath("string(summary)").strip(), "6 invoices")
        self.assertEqual(len(details.xpath(".//*[@data-name='item']")), FOLDED)

    def test_many_rows_are_folded_before_the_methods_and_in_the_confirmation(self):
        self._bill(FOLDED)
        response = self._pick(
            {bill: f"{bill.amount_residual:.2f}" for bill in self.invoices}
        )
        page = self._parse(self.url_open(response.headers["Location"]))
        for step in ("o_paynow_summary", "o_paynow_confirmation"):
            (details,) = page.xpath(f"//*[@id='{step}']//details")
            self.assertEqual(len(details.xpath(".//*[@data-name='item']")), FOLDED)
            self.assertIsNone(details.get("open"))

    def test_who_is_declined_finds_all_ticked_again(self):
        self._arrive()
        tx = self._pay_items({self.invoice: "60", self.late: "50"})
        tx._set_error("No.")
        (url,) = self._read_receipt(tx).xpath("//a[contains(., 'Try again')]/@href")
        rows = self._get_rows(self.url_open(url))
        ticked = {n: row["amount"] for n, row in rows.items() if row["is_ticked"]}
        self.assertEqual(ticked, {"Inv124": "50.00", "Inv123": "60.00"})

    def test_nothing_is_ticked_for_who_has_paid(self):
        self._arrive()
        tx = self._pay_items({self.invoice: "60", self.late: "50"})
        self._confirm(tx)
        (url,) = self._read_receipt(tx).xpath("//a[contains(., 'other open')]/@href")
        rows = self._get_rows(self.url_open(url))
        self.assertFalse([n for n, row in rows.items() if row["is_ticked"]])
