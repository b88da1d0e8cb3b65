# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields, http
from odoo.tests import freeze_time, tagged

from ..common_attempts import PaynowAttemptCommon
from ..common_books import PaynowBooksCommon

NOTE = "PO 4711 <b>urgent</b>"
COPY = "boss@blueharbor.example.com"


@tagged("post_install", "-at_install")
class TestWords(PaynowBooksCommon, PaynowAttemptCommon):
    """What payers say in their own words, and what comes of it."""

    def _pay_with_words(self, note=NOTE, copy=COPY, amount="100", state="done"):
        """Pay online with a reference and a second address, as the page does.

        :rtype: payment.transaction
        """
        tx = self._pay_online(amount, paynow_note=note, paynow_copy_email=copy)
        getattr(tx, f"_set_{state}")()
        tx._post_process()
        return tx

    def _get_copies(self, email=COPY):
        return self.env["mail.mail"].sudo().search([("email_to", "=", email)])

    # === REFERENCE === #

    def test_reference_is_on_payment_and_receipt(self):
        """Test that both sides find what the payer wrote, as text."""
        tx = self._pay_with_words()
        self.assertEqual(tx.paynow_note, NOTE)
        self.assertIn(NOTE, tx.payment_id.memo)
        self.assertIn(tx.reference, tx.payment_id.memo)
        page = self.url_open(tx.landing_route)
        self.assertEqual(self._get_text(page, "//dd[@data-name='note']"), NOTE)
        self.assertNotIn("<b>urgent</b>", page.text)

    def test_no_mail_repeats_the_words_of_who_has_paid_nothing(self):
        """Test that the company mails what a stranger wrote for no more than a try."""
        for state in ("pending", "done"):
            with self.subTest(state=state):
                self._pay_with_words(copy="", amount="10", state=state)
                mail = self._get_mails()
                self.assertEqual("PO 4711" in mail.body_html, state == "done")
                mail.unlink()

    def test_nothing_written_changes_nothing(self):
        """Test that both are optional, and the payment is named as Odoo does."""
        tx = self._pay_with_words("", "")
        self.assertFalse(tx.paynow_note or tx.paynow_copy_email)
        self.assertTrue(tx.payment_id.memo.startswith(f"{tx.reference} - "))
        page = self.url_open(tx.landing_route)
        self.assertIsNone(self._get_text(page, "//dd[@data-name='note']"))

    def test_what_cannot_be_taken_is_refused_before_anything_is_paid(self):
        """Test that a payer can mend it, and that a forger gets no further."""
        for words, message in (
            ({"paynow_note": "x" * 141}, "140 characters"),
            ({"paynow_copy_email": "boss@"}, "check the second address"),
            (
                {"paynow_copy_email": f"{COPY}, {self.email}"},
                "check the second address",
            ),
            ({"paynow_note": "two\nlines"}, "This payment can't be made"),
            ({"paynow_note": ["a"]}, "This payment can't be made"),
            ({"paynow_copy_email": {"a": 1}}, "This payment can't be made"),
        ):
            with self.subTest(words=words):
                form = self._prepare_form(**words)
                answer = self._post_transaction(form).json()["result"]
                self.assertEqual(answer["state"], "error")
                self.assertIn(message, answer["state_message"])
        self.assertFalse(self.invoice.transaction_ids)

    # === COPY === #

    def test_copy_is_mailed_once_the_payment_is_received(self):
        """Test that it says what the receipt says, but nothing that a payer typed."""
        tx = self._pay_with_words()
        copy = self._get_copies()
        self.assertEqual(len(copy), 1)
        self.assertIn("100.00", copy.body_html)
        self.assertNotIn("urgent", copy.body_html + copy.subject)
        self.assertNotIn(self.email, copy.body_html)
        tx._paynow_mail_payer()
        self.assertEqual(self._get_copies(), copy)

    def test_no_copy_of_what_was_not_received(self):
        """Test that a decline or a promise mails nothing to anybody else."""
        for state in ("error", "canceled", "pending"):
            with self.subTest(state=state):
                tx = self._pay_online("10", paynow_note=NOTE, paynow_copy_email=COPY)
                getattr(tx, f"_set_{state}")(state_message="The bank said so.")
                tx._post_process()
                self.assertFalse(self._get_copies())

    def test_copies_to_one_address_are_few(self):
        """Test that the page is of no use to who wants to fill another's mailbox."""
        for _count in range(5):
            self._pay_with_words(amount="1")
        self.assertEqual(len(self._get_copies()), 3)
        other = self._create_bill("Inv170", 10.0)
        self.invoice = other
        self._pay_with_words(amount="1")
        self.assertEqual(len(self._get_copies()), 3)

    def test_copies_of_one_invoice_are_few(self):
        """Test that cents don't buy mails to many addresses."""
        for count in range(5):
            self._pay_with_words(copy=f"reader{count}@example.com", amount="1")
        copies = (
            self.env["mail.mail"]
            .sudo()
            .search([("email_to", "like", "reader%@example.com")])
        )
        self.assertEqual(len(copies), 3)

    # === WRONG, PAID, PROMISE === #

    def _tell(self, invoice=None, proof=None, **fields_):
        """Send the form of a proven invoice.

        :rtype: requests.Response
        """
        proof = proof or (invoice or self.invoice)._paynow_sign(100.0, self.email)
        data = {"csrf_token": http.Request.csrf_token(self), **fields_}
        return self._post(f"/PAYNOW/tell/{proof}", data=data)

    @freeze_time("2026-05-29 12:00:00")
    def test_each_kind_pauses_reminders_and_tells_the_responsible(self):
        """Test that somebody gets a task with the words, and reminders stop."""
        self.invoice.invoice_user_id = self.clerk
        for kind, words, date, until, summary in (
            ("wrong", "One <b>chair</b> too many", "", "2026-06-28", "is wrong"),
            ("paid", "By cheque", "", "2026-06-12", "is paid"),
            ("promise", "", "2026-06-10", "2026-06-10", "promises to pay"),
        ):
            with self.subTest(kind=kind):
                invoice = self._create_bill(
                    f"Inv18{len(kind)}", 100.0, invoice_user_id=self.clerk.id
                )
                page = self._tell(invoice, kind=kind, words=words, date=date)
                self.assertEqual(page.status_code, 200)
                self.assertEqual(
                    self._get_text(page, "//main//h1"), "Thank you, we have noted it"
                )
                self.assertEqual(str(invoice.paynow_hold_until), until)
                self.assertIn(summary, invoice.paynow_hold_reason)
                activity = self._get_activities(invoice)
                self.assertEqual(activity.user_id, self.clerk)
                self.assertIn(summary, activity.summary)
                self.assertIn(self.email, activity.note)
                self.assertNotIn("<b>", activity.note)
                self.assertEqual("chair" in activity.note, kind == "wrong")

    def test_telling_twice_makes_one_task(self):
        """Test that an angry client doesn't bury the responsible in tasks."""
        for words in ("First", "Second"):
            self._tell(kind="wrong", words=words)
        activity = self._get_activities()
        self.assertEqual(len(activity), 1)
        self.assertIn("Second", activity.note)
        texts = " ".join(self.invoice.message_ids.mapped("body"))
        self.assertIn("First", texts)
        self.assertIn("Second", texts)

    def test_reminders_pause_once_until_something_is_paid(self):
        """Test that no row of promises keeps reminders away for ever."""
        day = "2026-06-05"
        with freeze_time("2026-05-29 12:00:00"):
            self._tell(kind="promise", date=day)
        self.assertEqual(str(self.invoice.paynow_hold_until), day)
        with freeze_time("2026-06-04 12:00:00"):
            for kind, date in (("promise", "2026-07-01"), ("paid", "")):
                page = self._tell(kind=kind, date=date)
                self.assertIn("Reminders of it go on", page.text)
                self.assertEqual(str(self.invoice.paynow_hold_until), day)
        self.assertIn(
            "to pay by 07/01/2026", str(self._get_activities().mapped("note"))
        )
        with freeze_time("2026-06-06 12:00:00"):
            self._pay("done", amount=10)._post_process()
            page = self._tell(kind="promise", date="2026-07-01")
        self.assertNotIn("Reminders of it go on", page.text)
        self.assertEqual(str(self.invoice.paynow_hold_until), "2026-07-01")

    @freeze_time("2026-05-29 12:00:00")
    def test_a_longer_pause_of_the_office_stays(self):
        """Test that what a client says never shortens what somebody agreed to."""
        self.invoice.write(
            {"paynow_hold_until": "2026-12-31", "paynow_hold_reason": "Agreed"}
        )
        self._tell(kind="promise", date="2026-06-01")
        self.assertEqual(str(self.invoice.paynow_hold_until), "2026-12-31")
        self.assertEqual(self.invoice.paynow_hold_reason, "Agreed")

    @freeze_time("2026-05-29 12:00:00")
    def test_what_is_missing_is_asked_for_and_nothing_is_lost(self):
        """Test that errors name the field, and that nobody defers for ever."""
        for sent, message, field in (
            ({"words": "x"}, "choose what", None),
            ({"kind": "forged"}, "choose what", None),
            ({"kind": "wrong"}, "what is wrong", "words"),
            ({"kind": "wrong", "words": " "}, "what is wrong", "words"),
            ({"kind": "wrong", "words": "x" * 1001}, "shorten", "words"),
            ({"kind": "promise"}, "choose a day", "date"),
            ({"kind": "promise", "date": "2026-05-28"}, "choose a day", "date"),
            ({"kind": "promise", "date": "2026-07-14"}, "choose a day", "date"),
            ({"kind": "promise", "date": "soon"}, "choose a day", "date"),
            ({"kind": "promise", "date": "2026-99-99"}, "choose a day", "date"),
        ):
            with self.subTest(sent=sent):
                page = self._tell(**sent)
                self.assertIn(message, self._get_alert(page))
                wrong = self._parse(page).xpath("//*[@aria-invalid='true']/@name")
                self.assertEqual(wrong, [field] if field else [])
        self.assertFalse(self.invoice.paynow_hold_until)
        self.assertFalse(self._get_activities())

    def test_characters_that_no_database_takes_are_left_out(self):
        """Test that strange words are noted as far as they are words."""
        page = self._tell(kind="wrong", words="Too\x00 much\r\n\x1bfor it")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Too much<br>for it", self._get_activities().note)

    def test_an_old_page_loses_nothing_that_was_typed(self):
        """Test that without a fresh token nothing is noted, and the words stay."""
        page = self._tell(kind="wrong", words="Too much", csrf_token="old")
        self.assertIn("open for too long", self._get_alert(page))
        self.assertEqual(self._get_text(page, "//textarea"), "Too much")
        self.assertFalse(self._get_activities())

    def test_only_a_proven_pair_is_heard(self):
        """Test that a stranger can't pause reminders."""
        other = self._create_bill("Inv171", 10.0, partner_id=self.stranger.id)
        for proof in (
            "forged",
            self.invoice._paynow_sign(100.0, self.email)[:-2],
            other._paynow_sign(10.0, self.email),
        ):
            page = self._tell(proof=proof, kind="wrong", words="x")
            self.assertEqual(page.status_code, 403)
        self.assertFalse((self.invoice | other).filtered("paynow_hold_until"))

    def test_messages_on_one_invoice_are_limited(self):
        """Test that the sixth of a day is asked to wait, and not noted."""
        for count in range(5):
            self._tell(kind="wrong", words=f"Word {count}")
        self._assert_closed(self._tell(kind="wrong", words="One more"))
        self.assertNotIn("One more", " ".join(self.invoice.message_ids.mapped("body")))

    def test_strangers_use_up_no_message_of_who_came_by_a_link(self):
        """Test that who got the invoice from us can still tell us something."""
        self._record("words", 5, invoice_id=self.invoice.id)
        self._assert_closed(self._tell(kind="wrong", words="One more"))
        link = self.invoice.paynow_url.partition("?link=")[2]
        self.url_open(f"/PAYNOW?link={link}")
        self.assertEqual(self._tell(kind="wrong", words="Mine").status_code, 200)

    def test_opening_the_form_writes_nothing(self):
        """Test that a mail scanner that follows every link says nothing."""
        proof = self.invoice._paynow_sign(100.0, self.email)
        self.url_open(f"/PAYNOW/tell/{proof}")
        with self._assert_nothing_written():
            page = self.url_open(f"/PAYNOW/tell/{proof}?kind=wrong&words=x")
        self.assertEqual(page.status_code, 200)
        self.assertFalse(self.invoice.paynow_hold_until)

    def test_pay_now_off_takes_the_form_away(self):
        """Test that it answers like any page that is not there."""
        proof = self.invoice._paynow_sign(100.0, self.email)
        self.company.paynow_enabled = False
        self.assertEqual(self.url_open(f"/PAYNOW/tell/{proof}").status_code, 404)

    def test_a_promise_is_looked_after_the_day_after(self):
        """Test that the task is due when the money should have come."""
        day = self.company._paynow_get_today() + timedelta(days=7)
        self._tell(kind="promise", date=fields.Date.to_string(day))
        self.assertEqual(self._get_activities().date_deadline, day + timedelta(days=1))
