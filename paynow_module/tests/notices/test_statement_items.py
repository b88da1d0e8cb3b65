# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..common import PaynowCommon


@tagged("-at_install", "post_install")
@freeze_time("2026-06-20")
class TestStatementItems(PaynowCommon):
    """The client's own figures, and nothing of what was paid back to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice.button_draft()
        cls.account = cls.company_data["default_account_receivable"]

    def _create_entry(self, *lines, **values):
        """Create a posted entry; the rest of each line is somebody else's.

        :param dict lines: The values of its receivable lines.
        :rtype: account.move
        """
        commands = [
            Command.create({"account_id": self.account.id, **line}) for line in lines
        ]
        counterpart = self.company_data["default_account_revenue"]
        balance = -sum(line["balance"] for line in lines)
        commands.append(
            Command.create({"account_id": counterpart.id, "balance": balance})
        )
        entry = self.env["account.move"].create(
            {"move_type": "entry", "date": "2026-01-01", "line_ids": commands, **values}
        )
        entry.action_post()
        return entry

    def _get_tables(self, client=None):
        client = client or self.client
        return client._paynow_get_statements(self.company)[client]["tables"]

    def _get_line(self):
        (table,) = self._get_tables()
        (line,) = table["lines"]
        return line

    def _refund(self, amount, **values):
        """Pay money back to the client, as an online refund does.

        :rtype: account.payment
        """
        payment = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_id": self.client.id,
                "amount": amount,
                "journal_id": self.company_data["default_journal_bank"].id,
                **values,
            }
        )
        payment.action_post()
        return payment

    def _pay_in_advance(self, amount):
        return self._refund(amount, payment_type="inbound")

    # === ENTRIES === #

    def test_an_opening_entry_shows_the_client_s_own_figures(self):
        entry = self._create_entry(
            {
                "partner_id": self.client.id,
                "balance": 300.0,
                "date_maturity": "2026-01-31",
            },
            {"partner_id": self.stranger.id, "balance": 49_700.0},
        )
        line = self._get_line()
        self.assertEqual(line["number"], entry.name)
        self.assertEqual((line["amount"], line["balance"]), (300.0, 300.0))
        self.assertEqual(line["date_issued"], date(2026, 1, 1))
        self.assertEqual(line["date_due"], date(2026, 1, 31))
        self.assertEqual(line["status"], "past_due")

    def test_a_mail_names_no_figure_of_another_client(self):
        self._create_entry(
            {"partner_id": self.client.id, "balance": 300.0},
            {"partner_id": self.stranger.id, "balance": 49_700.0},
        )
        template = self.env.ref("paynow_module.mail_template_account_summary")
        body = template._render_field("body_html", self.client.ids)[self.client.id]
        self.assertIn("$300.00", body)
        self.assertNotIn("50,000", body)
        self.assertNotIn("49,700", body)

    def test_a_line_in_another_currency_stands_in_that_currency_s_table(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._create_entry(
            {
                "partner_id": self.client.id,
                "balance": 100.0,
                "amount_currency": 80.0,
                "currency_id": euro.id,
            },
            {"partner_id": self.client.id, "balance": 300.0},
        )
        totals = {table["currency"]: table["total"] for table in self._get_tables()}
        self.assertEqual(totals, {euro: 80.0, self.currency: 300.0})

    def test_each_line_of_an_entry_has_its_due_date(self):
        self._create_entry(
            *(
                {
                    "partner_id": self.client.id,
                    "balance": amount,
                    "date_maturity": day,
                }
                for amount, day in ((30.0, "2026-05-01"), (70.0, "2026-07-01"))
            )
        )
        (table,) = self._get_tables()
        self.assertEqual(
            [(line["date_due"], line["amount"]) for line in table["lines"]],
            [(date(2026, 5, 1), 30.0), (date(2026, 7, 1), 70.0)],
        )
        self.assertEqual((table["total"], table["overdue"]), (100.0, 30.0))

    def test_an_entry_in_favour_of_the_client_is_a_credit(self):
        self._create_entry({"partner_id": self.client.id, "balance": -40.0})
        line = self._get_line()
        self.assertEqual(
            (line["status"], line["amount"], line["balance"]), ("credit", -40.0, -40.0)
        )

    # === CONTACTS === #

    def _create_contact(self, **values):
        return self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.client.id, **values}
        )

    def test_what_names_a_contact_is_the_client_s(self):
        """Test an entry and a payment by hand; Odoo leaves the contact on the line."""
        contact = self._create_contact()
        self._create_entry({"partner_id": contact.id, "balance": 300.0})
        self._refund(50.0, payment_type="inbound", partner_id=contact.id)
        for partner in (self.client, contact):
            with self.subTest(partner=partner.name):
                (table,) = self._get_tables(partner)
                self.assertEqual((table["total"], table["credits"]), (250.0, -50.0))
        self.assertFalse(
            self.client._paynow_get_summary_obstacles(self.company)[self.client]
        )

    def test_what_names_a_contact_that_is_archived_is_the_client_s(self):
        contact = self._create_contact()
        self._create_entry({"partner_id": contact.id, "balance": 300.0})
        contact.active = False
        self.assertEqual([table["total"] for table in self._get_tables()], [300.0])

    def test_what_a_contact_paid_in_advance_holds_reminder_and_charge(self):
        self.invoice.action_post()
        contact = self._create_contact()
        self._refund(100.0, payment_type="inbound", partner_id=contact.id)
        self.assertEqual(self.invoice.paynow_credit, 100.0)
        self.assertEqual(self.invoice._paynow_get_credit(), 100.0)
        self.assertTrue(self.invoice._paynow_is_held_by_credit())

    def test_what_a_contact_owes_comes_before_the_invoice(self):
        """Test that a credit is for what was due first, whoever is named there."""
        self.invoice.action_post()
        self._create_entry({"partner_id": self._create_contact().id, "balance": 50.0})
        self._pay_in_advance(100.0)
        self.assertFalse(self.invoice._paynow_is_held_by_credit())

    def test_a_refund_to_a_contact_uses_up_the_client_s_credit(self):
        self._pay_in_advance(50.0)
        self._refund(50.0, partner_id=self._create_contact().id)
        self.assertFalse(self._get_tables())

    # === REFUNDS === #

    def test_a_refund_is_not_owed(self):
        for amount in (100.0, 30.0):
            self._refund(amount)
        self.assertFalse(self._get_tables())
        self.assertTrue(
            self.client._paynow_get_summary_obstacles(self.company)[self.client]
        )

    def test_a_refund_is_in_no_total(self):
        self.invoice.action_post()
        self._refund(30.0)
        (table,) = self._get_tables()
        self.assertEqual(len(table["lines"]), 1)
        self.assertEqual(table["total"], 100.0)

    def test_a_refund_uses_up_the_credit_that_it_gives_back(self):
        older = self._pay_in_advance(20.0)
        source = self._pay(amount=70.0, invoice_ids=False)
        source._post_process()
        refund = source._create_child_transaction(50.0, is_refund=True)
        refund._set_done()
        refund._post_process()
        self.assertEqual(refund.payment_id.payment_type, "outbound")
        (table,) = self._get_tables()
        balances = {line["number"]: line["balance"] for line in table["lines"]}
        self.assertEqual(
            balances, {older.move_id.name: -20.0, source.payment_id.move_id.name: -20.0}
        )

    def test_a_refund_uses_up_the_oldest_credit_of_a_day(self):
        self._pay_in_advance(20.0)
        later = self._pay_in_advance(30.0)
        self._refund(20.0)
        (table,) = self._get_tables()
        self.assertEqual(
            [(line["number"], line["balance"]) for line in table["lines"]],
            [(later.move_id.name, -30.0)],
        )

    def test_a_refund_uses_up_the_oldest_credit_also_without_a_due_date(self):
        self._create_entry({"partner_id": self.client.id, "balance": -20.0})
        later = self._pay_in_advance(30.0)
        self._refund(20.0)
        (table,) = self._get_tables()
        self.assertEqual(
            [(line["number"], line["balance"]) for line in table["lines"]],
            [(later.move_id.name, -30.0)],
        )

    def test_a_refund_leaves_the_credits_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._pay_in_advance(50.0)
        self._refund(50.0, currency_id=euro.id)
        self.assertEqual([table["total"] for table in self._get_tables()], [-50.0])

    def test_a_refund_leaves_the_credits_of_others(self):
        self._pay_in_advance(50.0)
        self._refund(50.0, partner_id=self.stranger.id)
        self.assertEqual([table["total"] for table in self._get_tables()], [-50.0])
        self.assertFalse(self._get_tables(self.stranger))
