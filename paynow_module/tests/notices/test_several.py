# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date, timedelta

from freezegun import freeze_time
from lxml import html

from odoo.tests import tagged

from ..common_books import PaynowBooksCommon

TODAY = date(2026, 6, 20)


@tagged("-at_install", "post_install")
@freeze_time(TODAY)
class TestSeveral(PaynowBooksCommon):
    """The links of summary and reminder to pay several invoices at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"paynow_email_links": True, "paynow_past_due_enabled": True})
        cls.invoice.button_draft()
        cls.invoice.write(cls._get_dates(15))
        cls.invoice.action_post()

    @classmethod
    def _get_dates(cls, days):
        """Return the values of an invoice that is past due for some days."""
        due = TODAY - timedelta(days=days)
        return {
            "invoice_date": min(due, TODAY),
            "invoice_payment_term_id": False,
            "invoice_date_due": due,
        }

    def _create_due(self, number, days, **values):
        return self._create_bill(number, 50.0, **self._get_dates(days), **values)

    def _get_links(self, body):
        """Return the links to several invoices in a mail: words, and what they tick."""
        return [
            (link.text_content().strip(), link.get("href").rpartition("tick=")[2])
            for link in html.fromstring(body).xpath("//a[contains(@href, '?items=')]")
        ]

    def _mail_summary(self):
        client = self.client.with_company(self.company)
        return str(client._paynow_render_statement())

    def _remind(self):
        """Send the reminder of the invoice and return its body."""
        self._run_cron("paynow_module.ir_cron_past_due")
        notice = self.env["paynow.notice"].sudo()
        notice = notice.search([("invoice_id", "=", self.invoice.id)])
        self.assertEqual(notice.state, "queued")
        return notice.mail_id.body_html

    # === ACCOUNT SUMMARY === #

    def test_summary_offers_all_and_the_overdue_ones(self):
        self._create_due("Open1", -10)
        self.assertEqual(
            self._get_links(self._mail_summary()),
            [("Pay all", "all"), ("Pay overdue", "overdue")],
        )

    def test_summary_offers_all_where_all_is_overdue_or_nothing(self):
        self._create_due("Late1", 3)
        self.assertEqual(self._get_links(self._mail_summary()), [("Pay all", "all")])
        self.invoice.invoice_date_due = "2026-07-01"
        self.env["account.move"].search(
            [("name", "=", "Late1")]
        ).invoice_date_due = "2026-07-01"
        self.assertEqual(self._get_links(self._mail_summary()), [("Pay all", "all")])

    def test_summary_of_one_invoice_has_its_own_link_alone(self):
        terms = self._create_terms((50.0, 0), (50.0, 30))
        self.invoice.button_draft()
        self.invoice.invoice_payment_term_id = terms
        self.invoice.action_post()
        (statement,) = self.client._paynow_get_statements(self.company).values()
        (table,) = statement["tables"]
        self.assertEqual(len(table["lines"]), 2)
        self.assertFalse(table["links"])

    def test_summary_asks_nothing_more_for_one_invoice(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.client._paynow_get_statements(self.company)
            return self.cr.sql_log_count - before

        count()  # What is kept over requests.
        one = count()
        self._create_due("Open1", -10)
        self.assertLessEqual(one, count())

    def test_each_currency_of_a_summary_has_links_of_its_own(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        for number in ("Euro1", "Euro2"):
            self._create_due(number, -10, currency_id=euro.id)
        (statement,) = self.client._paynow_get_statements(self.company).values()
        tables = statement["tables"]
        links = {table["currency"].name: table["links"] for table in tables}
        self.assertFalse(links["USD"])
        (link,) = links["EUR"]
        self.assertIn("&currency=EUR&tick=all", link["url"])

    def test_summary_is_bound_to_the_first_billing_address(self):
        self._create_due("Open1", -10)
        (statement,) = self.client._paynow_get_statements(self.company).values()
        (table,) = statement["tables"]
        token = table["links"][0]["url"].partition("?items=")[2].partition("&")[0]
        named = self.client._paynow_read_client(self.company, token)
        self.assertEqual(named, (self.company, self.client, self.email))

    def test_switch_takes_the_links_out(self):
        self._create_due("Open1", -10)
        self.company.paynow_email_links = False
        body = self._mail_summary()
        self.assertFalse(self._get_links(body))
        self.assertNotIn("/PAYNOW?link=", body)

    # === REMINDER === #

    def test_reminder_offers_the_other_invoices(self):
        self._create_due("Late1", 2)
        self._create_due("Open1", -10)
        body = self._remind()
        self.assertEqual(
            self._get_links(body), [("Pay all", "all"), ("Pay overdue", "overdue")]
        )
        self.assertEqual(body.count("Pay Invoice"), 1)

    def test_reminder_offers_all_where_no_other_one_is_late(self):
        self._create_due("Open1", -10)
        self.assertEqual(self._get_links(self._remind()), [("Pay all", "all")])

    def test_reminder_of_the_only_invoice_has_its_button_alone(self):
        self.stranger.email = "x@example.com"
        self._create_due("Other1", 2, partner_id=self.stranger.id)
        self.assertFalse(self._get_links(self._remind()))

    def test_other_currencies_and_what_is_on_its_way_are_not_offered(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._create_due("Euro1", 2, currency_id=euro.id)
        paid = self._create_due("Paid1", 2)
        self._pay("pending", amount=50.0, invoice_ids=[(6, 0, paid.ids)])
        self.assertFalse(self._get_links(self._remind()))

    def test_contact_who_gets_one_invoice_is_not_shown_the_others(self):
        self._create_due("Late1", 2)
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.client.id, "email": "ann@example.com"}
        )
        self.invoice.button_draft()
        self.invoice.partner_id = contact
        self.invoice.write(self._get_dates(15))
        self.invoice.action_post()
        self.assertFalse(self._get_links(self._remind()))

    def test_what_a_clerk_mails_to_anybody_has_no_link_to_all(self):
        self._create_due("Late1", 2)
        template = self.env.ref("paynow_module.mail_template_past_due")
        mail_id = template.with_company(self.company).send_mail(self.invoice.id)
        body = self.env["mail.mail"].browse(mail_id).body_html
        self.assertIn("Pay Invoice", body)
        self.assertFalse(self._get_links(body))

    def test_queries_of_a_reminder_do_not_grow_with_the_others(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.invoice._paynow_render_items_links()
            return self.cr.sql_log_count - before

        self._create_due("Late0", 2)
        count()  # What is kept over requests.
        few = count()
        for number in range(1, 6):
            self._create_due(f"Late{number}", 2)
        self.assertLessEqual(count(), few)
