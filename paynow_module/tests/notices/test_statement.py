# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..common import PaynowCommon

TODAY = "2026-06-20"


@tagged("-at_install", "post_install")
@freeze_time(TODAY)
class TestStatement(PaynowCommon):
    """What the account summary tells a client."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.paynow_email_links = True
        cls.invoice.button_draft()
        cls.invoice.write(
            {"invoice_date": "2026-06-19", "invoice_date_due": "2026-07-19"}
        )
        cls.invoice.action_post()

    def _get_tables(self):
        return self.client._paynow_get_statements(self.company)[self.client]["tables"]

    def _get_rows(self):
        (table,) = self._get_tables()
        return [(ln["number"], ln["status"], ln["balance"]) for ln in table["lines"]]

    def _create_due(self, number, amount, due, **values):
        return self._create_bill(
            number, amount, invoice_date=due, invoice_date_due=due, **values
        )

    def test_oldest_comes_first_and_past_due_is_marked(self):
        self._create_due("Old1", 40.0, "2026-05-01")
        self._create_due("Today1", 30.0, TODAY)
        self.assertEqual(
            self._get_rows(),
            [
                ("Old1", "past_due", 40.0),
                ("Inv123", "new", 100.0),
                ("Today1", "new", 30.0),
            ],
        )
        (table,) = self._get_tables()
        self.assertEqual((table["total"], table["overdue"]), (170.0, 40.0))

    def test_credits_are_deducted_so_that_the_total_is_what_is_owed(self):
        credit_note = self._create_bill("Credit1", 25.0, move_type="out_refund")
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.client.id,
                "amount": 15.0,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        rows = {number: balance for number, _s, balance in self._get_rows()}
        self.assertEqual(rows[credit_note.name], -25.0)
        self.assertEqual(self._get_tables()[0]["total"], 60.0)

    def test_each_currency_has_a_table(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._create_bill("Euro1", 50.0, currency_id=euro.id)
        totals = {t["currency"].name: t["total"] for t in self._get_tables()}
        self.assertEqual(totals, {"USD": 100.0, "EUR": 50.0})

    def test_a_long_list_ends_in_a_number(self):
        for number in range(54):
            self._create_due(f"Many{number}", 10.0, "2026-07-01")
        (table,) = self._get_tables()
        self.assertEqual((len(table["lines"]), table["hidden_count"]), (50, 5))
        self.assertEqual(table["total"], 640.0)

    def test_the_paid_and_others_are_left_out(self):
        self._create_bill("Other1", 10.0, partner_id=self.stranger.id)
        self._create_bill("Draft1", 10.0, post=False)
        self._create_bill("Zero1", 0.0)
        self.assertEqual(self._get_rows(), [("Inv123", "new", 100.0)])

    def test_invoices_of_a_contact_stand_on_the_statement_of_the_client(self):
        contact = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.client.id, "email": "b@example.com"}
        )
        self._create_bill("Branch1", 10.0, partner_id=contact.id)
        self.assertEqual(len(self._get_rows()), 2)
        self.assertEqual(
            contact._paynow_get_statements(self.company)[contact]["partner_name"],
            self.client.name,
        )

    def test_new_is_what_was_issued_since_the_last_summary(self):
        notice = (
            self.env["paynow.notice"]
            .sudo()
            ._claim("account_summary", self.company, self.client, "2026-06-19")
        )
        notice.message_id = "<1@example.com>"
        notice.date = date(2026, 6, 19)
        self.assertEqual(self._get_rows()[0][1], "open")
        self._create_due("Today1", 30.0, TODAY)
        self.assertEqual(self._get_rows()[1][1], "new")

    def test_lines_carry_links_to_pay_them(self):
        (table,) = self._get_tables()
        self.assertIn("/PAYNOW?link=", table["lines"][0]["url"])

    def test_the_summary_goes_to_the_billing_contacts(self):
        self.assertEqual(
            self.client._paynow_get_recipients()[self.client],
            "billing@blueharbor.example.com",
        )
        self.client.child_ids = [
            Command.create(
                {"name": name, "type": type_, "email": f"{name}@example.com"}
            )
            for name, type_ in (("ann", "invoice"), ("bob", "contact"))
        ]
        self.assertEqual(
            self.client._paynow_get_recipients()[self.client], "ann@example.com"
        )
