# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from itertools import product

from odoo.tests import tagged

from ...models.mandates.paynow_mandate_text import SCHEMES
from ..common_announce import PaynowAnnounceCommon

WORDS = "I authorize Lakeside to charge what is due. I may stop it at any time."
#: What the rules of a country want to be said, by scheme and medium.
RIGHTS = {
    ("us_consumer", "bank"): "at least 3 business days before",
    ("us_consumer", "card"): "at least 3 business days before",
    ("ca_personal", "bank"): "recourse rights",
    ("ca_business", "bank"): "recourse rights",
    ("sepa", "bank"): "within 8 weeks",
}
#: What no mail may say: what was left open, or fell out of a template.
LEFTOVER = re.compile(r"[{}]|\bFalse\b|\bNone\b|object\.|%\(")
STOP, PAUSE, PAY = (
    "Stop automatic payment",
    "Pause this payment",
    "Pay in another way now",
)


@tagged("-at_install", "post_install")
class TestAnnounceMails(PaynowAnnounceCommon):
    """Each mail about automatic payment, as sent, for each country and kind."""

    def _send(self, days=0):
        """Work the mail queue off; return the words and the links of the mails."""
        self.mails.clear()
        with self._on(days):
            self._deliver()
        return self.mails

    def _get_one(self, days=0):
        """Return what the one mail says that goes out: subject, words, links."""
        ((_day, to, subject, body),) = self._send(days)
        self.assertIn(self.email, to)
        words = self._get_words(body)
        self.assertFalse(LEFTOVER.search(subject + words), words)
        plain = self._mails[0]["EmailMessage"].get_body(("plain",)).get_content()
        self.assertEqual(words.count(STOP) > 0, "/PAYNOW/autopay/stop" in plain)
        return subject, words, self._get_links(body)

    def _assert_says(self, words, *texts):
        for text in texts:
            self.assertIn(text, words)

    def test_every_mail_for_every_country_and_kind(self):
        table = product([code for code, _name in SCHEMES], ("bank", "card"), (0, 1))
        for number, (scheme, medium, is_one) in enumerate(table):
            with self.subTest(scheme=scheme, medium=medium, is_one=is_one):
                self._assert_life(f"T{number}", scheme, medium, is_one)

    def _assert_life(self, number, scheme, medium, is_one):
        """Assert what the client is mailed from the first day to the last."""
        self.mandate = {"scheme": scheme, "medium": medium, "text": WORDS}
        rights = RIGHTS.get((scheme, medium))
        bill = self._bill(number, 80.0, due=12)
        choice = self._choose(bill if is_one else None)
        reference = choice.mandate_id.reference
        subject, words, links = self._get_one()
        self.assertIn(reference, subject)
        self._assert_says(words, WORDS, reference, "4242", "10 days before")
        self._assert_says(words, f"First payment {self._format_day(12)}")
        self._assert_says(words, number if is_one else "All invoices")
        self.assertEqual(len(re.findall(STOP, words)), 1)
        self.assertIn("/PAYNOW/autopay/stop?choice=", links[STOP])
        if rights:
            self.assertIn(rights, words)
        self._tell(2, sends=False)
        subject, words, links = self._get_one(2)
        self._assert_says(subject, "$80.00", self._format_day(12))
        self._assert_says(
            words, "$80.00", self._format_day(12), number, "4242", reference
        )
        self.assertIn("/PAYNOW?link=", links[PAY])
        self.assertIn("/PAYNOW/autopay/pause?choice=", links[PAUSE])
        self.assertIn("/PAYNOW/autopay/stop?choice=", links[STOP])
        for right in set(RIGHTS.values()):
            self.assertEqual(right in words, right == rights, right)
        self.charges.clear()
        self._run(days=12)
        self.assertEqual([amount for _ref, amount in self.charges], [80.0])
        subject, words, links = self._get_one(12)
        self._assert_says(words, "$80.00", "automatically", reference)
        self.assertIn("/PAYNOW/autopay/stop?choice=", links[STOP])
        with self._on(13):
            choice.sudo()._end("client")
        subject, words, links = self._get_one(13)
        self._assert_says(words, "Automatic payment is off", reference)
        self.assertNotIn(STOP, links)

    def test_each_failure_says_what_to_do(self):
        """Test the reasons; that of a bank that wants to be asked is prepared."""
        bill = self._bill("Failed", due=5)
        for reason, text in (
            ("declined", "Ask your bank for the reason"),
            ("expired", "Pay with another card"),
            ("returned", "Your bank sent the payment back"),
            ("removed", "You removed the payment method"),
            ("limit", "raise the limit"),
            ("unsupported", "another payment method"),
        ):
            choice = self._choose(bill)
            self._send()
            notices = bill.sudo().paynow_notice_ids  # One a day, however it fails.
            notices.filtered(lambda n: n.kind == "autopay_failed").unlink()
            bill.sudo()._paynow_autopay_stop(reason)
            with self.subTest(reason=reason):
                _subject, words, links = self._get_one()
                self._assert_says(words, "Failed", "$100.00", text)
                self.assertIn("/PAYNOW?link=", links["Pay Invoice"])
            self.assertFalse(choice.active)

    def test_the_mails_are_in_the_language_of_the_client(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.client.lang = "de_DE"
        self._bill("Deutsch", 1234.5, due=12)
        self._choose()
        self._send()
        self._tell(2, sends=False)
        subject, words, _links = self._get_one(2)
        self.assertIn("1.234,50", subject.replace("\N{NO-BREAK SPACE}", " "))
        self.assertIn("1.234,50", words)

    def test_a_choice_that_replaces_another_is_told_once(self):
        first = self._choose()
        self._send()
        second = self._choose()
        subject, words, _links = self._get_one()
        self.assertIn(second.mandate_id.reference, words)
        self.assertNotIn(first.mandate_id.reference, words)

    def test_who_is_told_is_who_agreed_while_they_are_of_the_client(self):
        contact = self.env["res.partner"].create(
            {"name": "Dana", "email": "dana@blueharbor.example.com",
             "parent_id": self.client.id}
        )  # fmt: skip
        self.mandate = {"email": contact.email}
        choice = self._choose()
        ((_day, to, *_rest),) = self._send()
        self.assertIn("dana@", to)
        contact.email = "dana@elsewhere.example.com"
        self.assertEqual(choice._get_notice_email(), self.email)

    def test_an_ended_choice_is_told_once_whoever_ends_it(self):
        for reason in ("client", "staff"):
            choice = self._choose()
            self._send()
            choice.sudo()._end(reason)
            choice.sudo()._end(reason)
            self._get_one()

    def test_notices_of_choices_know_that_they_were_sent(self):
        self._choose()
        self._send()
        notice = (
            self.env["paynow.notice"].sudo().search([("kind", "=", "autopay_copy")])
        )
        self.assertEqual(notice.state, "sent")
        self.assertEqual(notice.sent_date, self.today)
