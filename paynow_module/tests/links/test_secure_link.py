# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common_link import PaynowLinkCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")


@tagged("post_install", "-at_install")
class TestSecureLink(PaynowLinkCommon):
    """Having the link to an invoice mailed to the contact on file."""

    def _mail_links(self):
        """Run the scheduled action that mails the links asked for."""
        self.env.ref("paynow_module.ir_cron_secure_link").sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _get_mails(self):
        """Return the mails with a link that are queued, the newest first."""
        return (
            self.env["mail.mail"].sudo().search([("body_html", "like", "PAYNOW?link=")])
        )

    def test_failed_lookup_offers_to_mail_a_link(self):
        """Test that who doesn't know the address on file finds a way on."""
        response = self._try("nobody@example.com")
        (form,) = self._parse(response).xpath("//form[@id='o_paynow_link_form']")
        self.assertEqual(form.get("action"), "/PAYNOW/link")
        self.assertEqual(form.xpath(".//input[@name='invoice']/@value"), ["Inv123"])
        page = self._parse(self.url_open("/PAYNOW"))
        self.assertFalse(page.xpath("//form[@id='o_paynow_link_form']"))

    def test_answer_is_the_same_for_known_and_unknown_numbers(self):
        """Test that asking for a link tells nobody which numbers exist."""
        paid = self._create_bill("Inv620", 100.0)
        self._register_payment(paid)
        self._create_bill("Inv621", 100.0, post=False)
        answers = set()
        for number in ("Inv123", "Inv999", "Inv620", "Inv621", "x" * 300, "%", ""):
            self._reset_limits()
            response = self._request_link(number)
            self.assertEqual(response.status_code, 200)
            self.assertIn(f"<strong>{number}</strong>", response.text)
            answers.add(self._mask(response, f"<strong>{number}</strong>"))
        self.assertEqual(len(answers), 1)

    def test_second_request_gets_the_same_answer(self):
        """Test that nobody learns whether a link was mailed before."""
        first = self._request_link()
        self._mail_links()
        second = self._request_link()
        self.assertEqual(self._mask(first), self._mask(second))

    def test_link_goes_to_the_billing_contact_by_mail(self):
        """Test that one mail with the link is queued, to the address on file only."""
        self._request_link()
        self.assertFalse(self._get_mails())  # Nothing is mailed in the request.
        self._mail_links()
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.email_to, self.email)
        self.assertFalse(mail.recipient_ids)
        self.assertFalse(mail.email_cc)
        self.assertIn("Inv123", mail.subject)
        token = mail.body_html.partition("PAYNOW?link=")[2].partition('"')[0]
        values = self._get_values(self._open(token))
        self.assertEqual(values["invoice"], "Inv123")

    def test_nothing_typed_reaches_the_mail(self):
        """Test that a stranger can neither name a recipient nor write a text."""
        data = {
            "csrf_token": self._get_csrf_token(),
            "invoice": "Inv123",
            "email": "evil@example.com",
            "email_to": "evil@example.com",
            "body": "<b>evil</b>",
        }
        self._post("/PAYNOW/link", data=data)
        self._mail_links()
        mail = self._get_mails()
        self.assertEqual(mail.email_to, self.email)
        for text in ("evil@", "evil<"):
            self.assertNotIn(text, mail.body_html)

    def test_numbers_without_an_open_invoice_get_no_mail(self):
        """Test that paid, draft, other companies' and unknown invoices get none."""
        paid = self._create_bill("Inv620", 100.0)
        self._register_payment(paid)
        self._create_bill("Inv621", 100.0, post=False)
        before = self.env["mail.mail"].sudo().search_count([])
        for number in ("Inv620", "Inv621", "Inv999", "inv123", "Inv12_", "%"):
            self._reset_limits()
            self._request_link(number)
            self._mail_links()
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)

    def test_company_of_another_website_gets_no_mail(self):
        """Test that a number is looked for at the company of the website."""
        self.website.sudo().company_id = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Other Company", "paynow_enabled": True})
        )
        self._request_link()
        self._mail_links()
        self.assertFalse(self._get_mails())

    def test_one_mail_an_hour_for_an_invoice(self):
        """Test that nobody floods a client, however often they ask."""
        for minutes, expected in ((0, 1), (5, 1), (30, 1), (59, 1), (61, 2), (62, 2)):
            with self.subTest(minutes=minutes):
                with freeze_time(NOON + timedelta(minutes=minutes)):
                    self._request_link(ip=f"203.0.113.{minutes}")
                    self._mail_links()
                self.assertEqual(len(self._get_mails()), expected)

    def test_late_mail_is_not_followed_by_another_within_the_hour(self):
        """Test that the hour counts from the mail, where the cron was late."""
        with freeze_time(NOON):
            self._request_link()
        with freeze_time(NOON + timedelta(minutes=55)):
            self._mail_links()
            self.assertEqual(len(self._get_mails()), 1)
        with freeze_time(NOON + timedelta(minutes=61)):
            self._request_link()
            self._mail_links()
        self.assertEqual(len(self._get_mails()), 1)

    def _get_links(self, mail):
        """Return the tokens of the links in a mail, each once, in their order."""
        parts = mail.body_html.split("PAYNOW?link=")[1:]
        return list(dict.fromkeys(part.partition('"')[0] for part in parts))

    def _create_elsewhere(self, number):
        """Create an invoice of another client."""
        partner = self.env["res.partner"].create(
            {"name": "Elsewhere", "email": "bills@elsewhere.example.com"}
        )
        return self._create_bill(number, 50.0, partner_id=partner.id)

    def test_links_to_several_invoices_come_in_one_mail(self):
        """Test that each of them leads to its invoice."""
        self._create_bill("Inv622", 50.0)
        self._request_link("Inv123")
        self._request_link("Inv622")
        self._mail_links()
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("Inv622", mail.body_html)
        numbers = [
            self._get_values(self._open(token))["invoice"]
            for token in self._get_links(mail)
        ]
        self.assertEqual(numbers, ["Inv123", "Inv622"])

    def test_each_recipient_gets_a_mail_of_their_own(self):
        """Test that no mail names an invoice of another client."""
        self._create_elsewhere("Inv700")
        self._request_link("Inv123")
        self._request_link("Inv700")
        self._mail_links()
        mails = self._get_mails().grouped("email_to")
        self.assertEqual(set(mails), {self.email, "bills@elsewhere.example.com"})
        self.assertNotIn("Inv700", mails[self.email].body_html)

    def test_next_mail_to_a_recipient_waits_an_hour(self):
        """Test that links asked for meanwhile then come in one mail, all of them."""
        self._create_bill("Inv622", 50.0)
        self._create_bill("Inv623", 50.0)
        for minutes, number, expected in (
            (0, "Inv123", 1),
            (5, "Inv622", 1),
            (10, "Inv623", 1),
            (59, None, 1),
            (61, None, 2),
        ):
            with freeze_time(NOON + timedelta(minutes=minutes)):
                if number:
                    self._request_link(number)
                self._mail_links()
            self.assertEqual(len(self._get_mails()), expected, minutes)
        mail = self._get_mails()[0]
        self.assertEqual(len(self._get_links(mail)), 2)
        self.assertNotIn("Inv123", mail.body_html)

    def test_later_mail_is_planned_at_once(self):
        """Test that nobody waits for the hourly run, too."""
        self._create_bill("Inv622", 50.0)
        with freeze_time(NOON):
            self._request_link("Inv123")
            self._mail_links()
        with freeze_time(NOON + timedelta(minutes=5)):
            self._request_link("Inv622")
            self._mail_links()
        triggers = (
            self.env["ir.cron.trigger"]
            .sudo()
            .search(
                [("cron_id", "=", self.env.ref("paynow_module.ir_cron_secure_link").id)]
            )
        )
        self.assertIn(NOON + timedelta(hours=1), triggers.mapped("call_at"))

    def test_five_mails_a_day_for_a_recipient(self):
        """Test that whoever asks again and again fills nobody's mailbox."""
        for hours, expected in ((0, 1), (2, 2), (4, 3), (6, 4), (8, 5), (10, 5)):
            with freeze_time(NOON + timedelta(hours=hours)):
                self._request_link(ip=f"10.0.{hours}.1")
                self._mail_links()
            self.assertEqual(len(self._get_mails()), expected, hours)
        with freeze_time(NOON + timedelta(hours=24, minutes=1)):
            self._mail_links()
        self.assertEqual(len(self._get_mails()), 6)

    def test_numbers_counted_up_cost_each_client_one_mail(self):
        """Test thirty requests from ten networks, after which others may still ask."""
        for number in range(15):
            self._create_bill(f"Inv8{number:02}", 10.0)
        for number in range(30):
            ip = f"10.0.{number % 10}.1"
            response = self._request_link(f"Inv8{number:02}", ip)
            self.assertEqual(response.status_code, 200)
        self._mail_links()
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(len(self._get_links(mail)), 15)
        self.assertEqual(self._request_link(ip="198.51.100.1").status_code, 200)

    def test_one_network_asks_for_ten_links_an_hour(self):
        """Test that a stranger with many addresses closes that to none but them."""
        for number in range(10):
            self._request_link("Inv999", f"203.0.113.{number}")
        self._assert_closed(self._request_link("Inv999", "203.0.113.99"))
        self.assertEqual(self._request_link(ip="198.51.100.1").status_code, 200)

    def test_fourth_request_within_the_hour_is_turned_away(self):
        """Test that a visitor can ask three times an hour, whatever the number."""
        for number in ("Inv123", "Inv998", "Inv999"):
            self.assertEqual(self._request_link(number).status_code, 200)
        before = self._get_attempts()
        for number in ("Inv123", "Inv997"):
            self._assert_closed(self._request_link(number))
        self.assertEqual(self._get_attempts(), before)

    def test_link_can_be_asked_for_while_lookups_are_closed(self):
        """Test that closed look-ups leave a client this way on."""
        self._record("lookup_failed", 5, ip="127.0.0.1")
        self._assert_closed(self._try())
        self.assertEqual(self._request_link().status_code, 200)

    @mute_logger("odoo.http")
    def test_foreign_sites_can_not_ask_for_a_link(self):
        """Test that the form needs a token of this visitor's session."""
        response = self._post("/PAYNOW/link", data={"invoice": "Inv123"})
        self.assertEqual(response.status_code, 303)
        self.assertFalse(self._get_attempts())

    def test_asking_for_a_link_writes_nothing_on_the_invoice(self):
        """Test that strangers leave no line in the chatter of an invoice."""
        messages = len(self.invoice.message_ids)
        self._request_link()
        self.assertEqual(len(self.invoice.message_ids), messages)

    def test_request_is_recorded_without_the_number(self):
        """Test that the attempt holds a hash of what was typed."""
        self._request_link("Inv999")
        attempt = self._get_attempts()
        self.assertEqual(attempt.kind, "link_requested")
        self.assertFalse(attempt.invoice_id)
        self.assertNotIn("Inv999", attempt.number_hash)

    def test_link_never_starts_with_the_host_of_a_request(self):
        """Test that a forged `Host` leads no client elsewhere."""
        self.http_request_allow_all = True  # The cookie of tests stays with its host.
        for headers in (
            {
                "Host": "evil.example.com",
                "Cookie": f"session_id={self.session.sid}",
            },
            {"X-Forwarded-Host": "evil.example.com", "X-Forwarded-For": "192.0.2.1"},
        ):
            with self.subTest(headers=headers):
                self._reset_limits()
                data = {"invoice": "Inv123", "csrf_token": self._get_csrf_token()}
                response = self.url_open("/PAYNOW/link", data=data, headers=headers)
                self.assertEqual(response.status_code, 200)
                self._mail_links()
                mail = self._get_mails()[:1]
                self.assertIn("https://books.example.com/PAYNOW?link=", mail.body_html)
                self.assertNotIn("evil.example.com", mail.body_html)
