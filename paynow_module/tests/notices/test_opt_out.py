# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common import PaynowHttpCommon


@tagged("-at_install", "post_install")
class TestOptOut(PaynowHttpCommon):
    """A client opts out of reminders by a link in them, and of nothing else."""

    def setUp(self):
        super().setUp()
        url = self.client._paynow_get_opt_out_url(self.company)
        self.path = "/PAYNOW" + url.partition("/PAYNOW")[2]
        self.token = url.partition("client=")[2]

    def _post(self, **data):
        return self.url_open("/PAYNOW/reminders", data={"client": self.token, **data})

    def test_opening_the_link_changes_nothing(self):
        self.url_open("/PAYNOW")  # Flushes what the preparation has announced.
        with self._assert_nothing_written():
            page = self.url_open(self.path)
            self.opener.head(self.base_url() + self.path)
        self.assertIn("Stop reminders?", self._get_text(page, "//main//h1"))
        self.assertFalse(self.client.paynow_no_reminder)

    def test_the_button_on_the_page_opts_out_and_in_again(self):
        page = self._post(wanted="0")
        self.assertTrue(self.client.paynow_no_reminder)
        self.assertIn("no more reminders", self._get_text(page, "//main//h1"))
        self.assertIn("opted out", self.client.message_ids[0].body)
        self._post(wanted="1")
        self.assertFalse(self.client.paynow_no_reminder)

    def test_the_button_of_a_mail_program_opts_out_without_a_session(self):
        self.url_open(self.path, data={"List-Unsubscribe": "One-Click"})
        self.assertTrue(self.client.paynow_no_reminder)

    def test_twice_is_noted_once(self):
        count = len(self.client.message_ids)
        for _time in range(2):
            self._post(wanted="0")
        self.assertEqual(len(self.client.message_ids), count + 1)

    def test_an_altered_link_tells_and_changes_nothing(self):
        self.token = self.token[:-1] + ("A" if self.token[-1] != "A" else "B")
        page = self._post(wanted="0")
        self.assertEqual(page.status_code, 403)
        self.assertFalse(self.client.paynow_no_reminder)

    def test_a_link_of_another_company_does_not_count_here(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.token = self.client._paynow_get_opt_out_url(other).partition("client=")[2]
        self.assertEqual(self._post(wanted="0").status_code, 403)

    def test_switched_off_clients_can_still_opt_out(self):
        self.company.paynow_enabled = False
        self.assertEqual(self.url_open(self.path).status_code, 200)
        self.assertEqual(self._post(wanted="0").status_code, 200)
        self.assertTrue(self.client.paynow_no_reminder)

    def test_the_link_names_no_address(self):
        self.assertNotIn("@", self.path)
        self.assertNotIn("blueharbor", self.path)
