# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import http
from odoo.tests import new_test_user, tagged

from ..common import PaynowHttpCommon


@tagged("-at_install", "post_install")
class TestAutopayDayPortal(PaynowHttpCommon):
    """The day on which a client who is logged in has one invoice be paid."""

    def setUp(self):
        super().setUp()
        self.provider.allow_tokenization = True
        user = new_test_user(
            self.env,
            "paynow_dana",
            "base.group_portal",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        user.partner_id.parent_id = self.client
        self.token = self._create_token(partner_id=user.partner_id.id)
        self.today = self.company._paynow_get_today()
        self.bill = self._create_bill(
            "Day1",
            80.0,
            invoice_date=self.today,
            invoice_payment_term_id=False,
            invoice_date_due=self.today + timedelta(days=10),
        )
        self.bill.message_subscribe(user.partner_id.ids)
        self.url = f"/my/invoices/{self.bill.id}"
        self.authenticate("paynow_dana", "paynow_dana")

    def _get_day(self, days):
        """Return the day so many days from today, as forms send it."""
        return str(self.today + timedelta(days=days))

    def _get_field(self, name, day):
        """Return what stands in a field of the form once a day is chosen."""
        page = self._parse(self.url_open(f"{self.url}?paynow_day={day}"))
        (value,) = page.xpath(f"//*[@id='o_paynow_autopay']//input[@name='{name}']")
        return value.get("value")

    def _choose(self, **data):
        """Post the form.

        :rtype: requests.Response
        """
        data = {
            "csrf_token": http.Request.csrf_token(self),
            "action": "on",
            "token_id": self.token.id,
            "consent": "on",
            **data,
        }
        return self.url_open(f"{self.url}/autopay", data=data, allow_redirects=False)

    def test_the_client_reads_the_day_and_consents_to_it(self):
        day = self._get_day(4)
        self.assertEqual(self._get_field("day", day), day)
        text = self._get_field("text", day)
        self.assertIn("or on its due date if that is moved", text)
        self.assertEqual(self._choose(day=day, text=text).status_code, 303)
        self.assertEqual(str(self.bill._paynow_get_autopay_date()), day)
        self.assertEqual(self.bill.paynow_autopay_id.consent_text, text)

    def test_who_has_read_of_another_day_reads_again(self):
        text = self._get_field("text", self._get_day(4))
        response = self._choose(day=self._get_day(5), text=text)
        self.assertIn("read it again", self._get_alert(response))
        self.assertFalse(self.bill.paynow_autopay_id)

    def test_no_other_day_is_taken(self):
        for day in (self._get_day(-1), self._get_day(11), "soon", "9" * 32, "2026"):
            with self.subTest(day=day):
                self.assertEqual(self._get_field("day", day), "")
                response = self._choose(day=day)
                self.assertIn("Please choose a day", self._get_alert(response))
        self.assertFalse(self.bill.paynow_autopay_id)

    def test_no_day_is_offered_of_instalments(self):
        terms = self._create_terms((50, 10), (50, 20))
        parts = self._create_bill("Parts", 80.0, invoice_payment_term_id=terms.id)
        parts.message_subscribe(self.bill.message_partner_ids.ids)
        self.assertIn("o_paynow_day", self.url_open(self.url).text)
        self.assertNotIn("o_paynow_day", self.url_open(f"/my/invoices/{parts.id}").text)
