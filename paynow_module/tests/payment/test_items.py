# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_items import PaynowItemsCommon


@tagged("-at_install", "post_install")
class TestItems(PaynowItemsCommon):
    """The list of all that a client owes, up to its checkout."""

    def test_the_list_shows_what_is_open_the_oldest_first(self):
        self._arrive()
        rows = self._get_rows(self.url_open(f"{self.items_url}?tick=all"))
        self.assertEqual(list(rows), ["Inv124", "Inv123", "Inv125"])
        self.assertEqual(
            [row["amount"] for row in rows.values()], ["50.00", "100.00", "70.00"]
        )
        self.assertTrue(all(row["is_ticked"] for row in rows.values()))
        self.assertIn("12 days overdue", rows["Inv124"]["text"])
        self.assertIn("due in 9 days", rows["Inv125"]["text"])

    def test_only_what_is_late_is_ticked_for_who_asks(self):
        self._arrive()
        rows = self._get_rows(self.url_open(f"{self.items_url}?tick=overdue"))
        ticked = [number for number, row in rows.items() if row["is_ticked"]]
        self.assertEqual(ticked, ["Inv124"])

    def test_a_stranger_sees_no_list(self):
        """Test that all addresses of lists are alike to who has proven nothing."""
        pages = {
            self._mask(self.url_open(url), url)
            for url in (
                self.items_url,
                f"/PAYNOW/items/{self.company.id}/{self.stranger.id}",
                f"/PAYNOW/items/{self.company.id}/{2**31 - 1}",
                f"/PAYNOW/items/{2**31 - 1}/{self.client.id}",
            )
        }
        self.assertEqual(len(pages), 1)

    def test_a_client_sees_no_list_of_another_one(self):
        self._arrive(self.stranger)
        self.assertEqual(self.url_open(self.items_url).status_code, 403)

    def test_a_portal_user_sees_the_list_of_their_company(self):
        contact = self.client.create(
            {"name": "Ada", "parent_id": self.client.id, "email": "ada@example.com"}
        )
        user = self.env["res.users"].create(
            {
                "login": "ada",
                "password": "ada-password",
                "partner_id": contact.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        for invoice in self.invoices:
            invoice.message_subscribe(contact.ids)
        self.authenticate(user.login, "ada-password")
        rows = self._get_rows(self.url_open(self.items_url))
        self.assertEqual(list(rows), ["Inv124", "Inv123", "Inv125"])

    def test_voided_links_open_no_list(self):
        self._arrive()
        self.client.paynow_link_key += 1
        self.assertEqual(self.url_open(self.items_url).status_code, 403)

    def test_nothing_of_the_list_is_there_once_it_is_off(self):
        self._arrive()
        self.company.paynow_enabled = False
        self.assertEqual(self.url_open(self.items_url).status_code, 404)

    def test_one_currency_is_shown_at_a_time(self):
        euro = self._enable_currency("EUR")
        self._create_bill("Inv126", 30.0, currency_id=euro.id)
        self._arrive()
        response = self.url_open(self.items_url)
        self.assertNotIn("Inv126", self._get_rows(response))
        (link,) = self._parse(response).xpath("//main//a[text()='EUR']/@href")
        self.assertEqual(list(self._get_rows(self.url_open(link))), ["Inv126"])

    def test_instalments_are_ticked_one_by_one(self):
        terms = self._create_terms((50, 0), (50, 30))
        self._create_bill("Inv127", 90.0, invoice_payment_term_id=terms.id)
        self._arrive()
        rows = self._get_rows(self.url_open(self.items_url))
        self.assertEqual(rows["Inv127 (1 of 2)"]["amount"], "45.00")
        self.assertEqual(rows["Inv127 (2 of 2)"]["amount"], "45.00")

    def test_what_is_on_its_way_can_not_be_ticked(self):
        self._pay(state="pending")
        self._arrive()
        rows = self._get_rows(self.url_open(f"{self.items_url}?tick=all"))
        self.assertTrue(rows["Inv123"]["is_disabled"])
        self.assertFalse(rows["Inv123"]["is_ticked"])
        self.assertIn("Being processed $100.00", rows["Inv123"]["text"])

    def test_the_checkout_shows_all_rows_and_their_sum(self):
        self._arrive()
        response = self._pick({self.invoice: "60", self.late: "50.00"})
        page = self.url_open(response.headers["Location"])
        summary = self._get_text(page, "//dl[@id='o_paynow_summary']")
        self.assertEqual(summary, "Inv124 $50.00 Inv123 $60.00 Paying now $110.00")
        self.assertEqual(self._get_payment_context(page)["amount"], 110.0)

    def test_what_was_typed_wrong_stays_and_is_told_by_row(self):
        self._arrive()
        response = self._pick({self.invoice: "100.01", self.late: "five"})
        rows = self._get_rows(response)
        self.assertEqual(rows["Inv123"]["amount"], "100.01")
        self.assertEqual(rows["Inv124"]["amount"], "five")
        self.assertIn("still to pay ($100.00)", rows["Inv123"]["text"])
        self.assertIn("in figures", rows["Inv124"]["text"])
        self.assertTrue(rows["Inv123"]["is_ticked"])
        self.assertFalse(rows["Inv125"]["is_ticked"])

    def test_nothing_ticked_is_told(self):
        self._arrive()
        self.assertIn("at least one", self._get_alert(self._pick({})))

    def test_the_way_back_loses_nothing_that_was_typed(self):
        self._arrive()
        response = self._pick(
            {self.invoice: "60"},
            **{f"reason_{self._get_line(self.invoice).id}": "two pieces damaged"},
        )
        page = self.url_open(response.headers["Location"])
        (link,) = self._parse(page).xpath("//*[@id='o_paynow_change']//a/@href")
        back = self.url_open(link)
        rows = self._get_rows(back)
        self.assertEqual(rows["Inv123"]["amount"], "60.00")
        self.assertTrue(rows["Inv123"]["is_ticked"])
        self.assertIn("two pieces damaged", back.text)

    def test_a_discount_is_what_the_list_offers(self):
        terms = self._create_terms((100, 30), early_discount=True)
        terms.write({"discount_percentage": 2.0, "discount_days": 10})
        self._create_bill("Inv128", 100.0, invoice_payment_term_id=terms.id)
        self._arrive()
        rows = self._get_rows(self.url_open(self.items_url))
        self.assertEqual(rows["Inv128"]["amount"], "98.00")
        self.assertIn("$98.00 with the discount until", rows["Inv128"]["text"])

    def test_a_balance_that_changed_is_told_before_the_checkout(self):
        self._arrive()
        response = self._pick({self.invoice: "100", self.late: "50"})
        self.late.button_draft()
        page = self.url_open(response.headers["Location"])
        self.assertIn("Inv124: ", self._get_alert(page))
        self.assertNotIn("Inv123: ", self._get_alert(page))
        self.assertTrue(self._get_rows(page)["Inv123"]["is_ticked"])
