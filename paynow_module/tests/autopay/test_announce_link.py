# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.tests import tagged

from ..common import PaynowHttpCommon


@tagged("-at_install", "post_install")
class TestAnnounceLink(PaynowHttpCommon):
    """The links in mails about automatic payment: a page, one button, no login."""

    def setUp(self):
        super().setUp()
        self.provider.allow_tokenization = True
        today = self.company._paynow_get_today()
        self.bill = self._create_bill(
            "Later", 50.0, invoice_date_due=today + timedelta(days=20),
            invoice_payment_term_id=False,
        )  # fmt: skip
        token = self._create_token(partner_id=self.client.id, payment_details="4242")
        self.choice = self.env["paynow.autopay"]._choose(
            self.client, token, "192.0.2.7", "I authorize it.", company=self.company
        )
        self.env.flush_all()

    def _get_path(self, action):
        url = self.choice._get_link(action, self.bill)
        return "/PAYNOW" + url.partition("/PAYNOW")[2]

    def _get_title(self, page):
        return self._get_text(page, "//main//h1")

    def _press(self, page):
        """Press the one button of a page."""
        (form,) = self._parse(page).xpath("//form[@id='o_paynow_autopay']")
        data = {field.get("name"): field.get("value") for field in form.inputs}
        data.pop(None, None)
        return self.url_open(form.get("action"), data=data)

    def test_opening_the_links_changes_nothing(self):
        self.url_open("/PAYNOW")  # Flushes what the preparation has announced.
        for action in ("stop", "pause"):
            with self._assert_nothing_written():
                page = self.url_open(self._get_path(action))
                self.opener.head(self.base_url() + self._get_path(action))
            self.assertIn("?", self._get_title(page))
        self.assertTrue(self.choice.active)
        self.assertFalse(self.bill.paynow_autopay_paused)

    def test_the_button_stops_automatic_payment_and_its_mandate(self):
        page = self._press(self.url_open(self._get_path("stop")))
        self.assertEqual(self._get_title(page), "Automatic payment is off")
        self.assertFalse(self.choice.active)
        self.assertEqual(self.choice.mandate_id.state, "revoked")
        self.assertFalse(self.bill._paynow_get_autopay_runs())

    def test_the_button_pauses_one_payment_and_goes_on(self):
        self.assertTrue(self.bill._paynow_get_autopay_runs())
        page = self._press(self.url_open(self._get_path("pause")))
        self.assertEqual(self._get_title(page), "This payment is paused")
        self.assertFalse(self.bill._paynow_get_autopay_runs())
        self.assertTrue(self.choice.active)
        page = self._press(page)
        self.assertEqual(self._get_title(page), "Pause this payment?")
        self.assertTrue(self.bill._paynow_get_autopay_runs())

    def test_a_payment_that_is_paused_is_not_made(self):
        self.bill._paynow_autopay_pause(True)
        self.bill.paynow_autopay_date = self.company._paynow_get_today()
        self.assertFalse(self.bill._paynow_autopay_start())

    def test_links_say_kindly_that_it_is_over(self):
        paths = [self._get_path(action) for action in ("stop", "pause")]
        self._register_payment(self.bill)
        self.env.flush_all()
        self.assertEqual(
            self._get_title(self.url_open(paths[1])), "There is nothing to pause"
        )
        self.choice._end("staff")
        self.env.flush_all()
        for path in paths:
            page = self.url_open(path)
            self.assertEqual(page.status_code, 200)
            self.assertEqual(self._get_title(page), "Automatic payment is off")
            self.assertFalse(self._parse(page).xpath("//form[@id='o_paynow_autopay']"))
            again = self.url_open(path, data={})
            self.assertEqual(self._get_title(again), "Automatic payment is off")

    def test_a_link_is_void_once_the_address_is_another_one(self):
        path = self._get_path("stop")
        self.client.email = "other@blueharbor.example.com"
        self.env.flush_all()
        self.assertEqual(self.url_open(path, data={}).status_code, 403)
        self.assertTrue(self.choice.active)

    def test_an_altered_link_tells_and_changes_nothing(self):
        path = self._get_path("stop")
        path = path[:-1] + ("A" if path[-1] != "A" else "B")
        self.assertEqual(self.url_open(path, data={}).status_code, 403)
        self.assertEqual(self.url_open("/PAYNOW/autopay/stop").status_code, 403)
        self.assertTrue(self.choice.active)

    def test_the_token_of_one_link_opens_no_other_page_of_ours(self):
        token = self._get_path("stop").partition("choice=")[2]
        for path in ("/PAYNOW?link=", "/PAYNOW/reminders?client="):
            page = self.url_open(path + token)
            self.assertNotIn("Later", page.text)
        self.assertEqual(
            self.url_open("/PAYNOW/reminders", data={"client": token}).status_code, 403
        )

    def test_a_link_of_another_company_does_not_count_here(self):
        path = self._get_path("stop")
        other = self.env["res.company"].create({"name": "Other"})
        self.website.company_id = other
        self.env.flush_all()
        self.assertEqual(self.url_open(path, data={}).status_code, 403)
        self.assertTrue(self.choice.active)

    def test_the_link_names_no_address(self):
        self.assertNotIn("@", self._get_path("stop"))

    def test_they_work_while_pay_now_is_off(self):
        path = self._get_path("stop")
        self.company.paynow_enabled = False
        self.env.flush_all()
        self._press(self.url_open(path))
        self.assertFalse(self.choice.active)
