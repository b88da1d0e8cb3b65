# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.tests import freeze_time, tagged
from odoo.tools import format_date

from ..common_enrol import PaynowEnrolCommon


@tagged("-at_install", "post_install")
class TestEnrol(PaynowEnrolCommon):
    """A guest who has paid has the next invoices paid automatically."""

    # === THE LINE === #

    def _get_line(self):
        """Return the address behind the line of the receipt of a payment, if any."""
        tx = self._pay_online()
        tx._set_done()
        page = self._parse(self.url_open(tx.landing_route))
        return (page.xpath("//*[@id='o_paynow_enrol_line']//@href") or [None])[0]

    def test_receipt_leads_there_where_the_company_wants_it(self):
        url = self._get_line()
        self.assertIn("billing address on file", self.url_open(url).text)

    def test_receipt_says_nothing_of_it_elsewhere(self):
        for name in ("paynow_autopay_guest", "paynow_autopay_enabled"):
            with self.subTest(name=name):
                bill = self._create_bill(f"Off {name}", 100.0)
                tx = self._pay("done", invoice_ids=[(6, 0, bill.ids)])
                self.assertTrue(tx._paynow_get_enrol_url())
                self.company[name] = False
                self.assertFalse(tx._paynow_get_enrol_url())
                self.company[name] = True

    def test_other_browsers_read_no_line(self):
        tx = self._pay("done")
        self.assertFalse(tx._paynow_get_answer("another")["enrol_url"])

    def test_declined_payment_offers_nothing(self):
        self.assertFalse(self._pay("error")._paynow_get_enrol_url())

    # === CODE === #

    def test_code_goes_to_the_billing_address_and_says_what_it_is_for(self):
        colleague = self._create_colleague()
        proof = self._prove(email=colleague.email)
        self._ask(proof, email="evil@example.com", email_to="evil@example.com")
        self._mail_codes()
        mail = self._get_mails()
        self.assertEqual(mail.email_to, self.email)
        self.assertIn("paid automatically", mail.body_html)
        self.assertNotIn(self._parse_code(mail.body_html), mail.subject)

    # === CHOICE === #

    def test_all_invoices_are_taken_once_the_method_is_saved(self):
        self._enrol()
        tx = self._begin()
        self.assertFalse(self._get_choices())
        self._answer(tx)
        choice = self._get_choices()
        self.assertRecordValues(
            choice,
            [
                {
                    "partner_id": self.client.id,
                    "invoice_id": False,
                    "timing": "on",
                    "token_id": tx.token_id.id,
                    "active": True,
                    "consent_user_id": self.public_user.id,
                    "consent_ip": "127.0.0.1",
                }
            ],
        )
        mandate = choice.mandate_id
        self.assertEqual((mandate.proof, mandate.email), ("code", self.email))
        self.assertEqual(tx.token_id.partner_id, self.client)
        self.assertEqual(self.next.paynow_autopay_id, choice)
        self.assertEqual(
            self.next._paynow_get_autopay_date(), self.today + timedelta(days=10)
        )
        self.assertIn("Automatic payment is on", self.url_open(tx.landing_route).text)
        self.assertFalse(tx.paynow_saving)

    def test_words_are_kept_as_they_were_shown(self):
        self._enrol()
        page = self.url_open("/PAYNOW/autopay/save")
        shown = self._get_text(page, "//label[@for='o_paynow_consent']")
        self._answer(self._begin(self._prepare_saving(self._get_payment_context(page))))
        self.assertEqual(self._get_choices().consent_text, shown)

    def test_one_invoice_is_paid_on_the_day(self):
        self._enrol()
        day = self.today + timedelta(days=4)
        context = self._open_save(invoice=str(self.next.id), day=str(day))
        self._answer(self._begin(self._prepare_saving(context)))
        choice = self._get_choices()
        spelled = format_date(self.env, day)
        for words in (f"on {spelled}, or on its due date", f"$80.00 on {spelled}."):
            self.assertIn(words, choice.consent_text)
        self.assertEqual((choice.invoice_id, choice.day), (self.next, day))
        self.assertEqual(self.next._paynow_get_autopay_date(), day)

    def test_other_days_and_invoices_are_refused_in_words(self):
        self._enrol()
        foreign = self._create_bill("Theirs", 50.0, partner_id=self.stranger.id)
        late = str(self.today + timedelta(days=11))
        for chosen in (
            {"invoice": str(self.next.id), "day": late},
            {"invoice": str(self.next.id), "day": "soon"},
            {"invoice": str(foreign.id)},
            {"invoice": "x"},
        ):
            with self.subTest(chosen=chosen):
                response = self.url_open("/PAYNOW/autopay/save", params=chosen)
                self.assertTrue(self._get_alert(response))
                self.assertNotIn("o_payment_form", response.text)
                self.assertNotIn("Theirs", response.text)

    def test_what_is_set_already_is_not_replaced(self):
        token = self._create_token(partner_id=self.client.id, payment_details="4242")
        choose = self.env["paynow.autopay"]._choose
        standing = choose(
            self.client, token, "192.0.2.7", "I authorize it.", company=self.company
        )
        self._enrol()
        text = self.url_open("/PAYNOW/autopay").text
        self.assertIn("set already", text)
        self.assertNotIn("4242", text)  # Nobody sees saved methods without a login.
        response = self.url_open("/PAYNOW/autopay/save")
        self.assertIn("set already", response.text)
        self.assertEqual(self._get_choices(), standing)
        self.assertTrue(standing.active)

    def test_what_was_set_while_the_method_was_saved_is_not_replaced(self):
        self._enrol()
        tx = self._begin()
        token = self._create_token(partner_id=self.client.id)
        standing = self.env["paynow.autopay"]._choose(
            self.client, token, "192.0.2.7", "I authorize it.", company=self.company
        )
        self._answer(tx)
        self.assertEqual(self._get_choices(), standing)
        self.assertFalse(tx.token_id.active)
        self.assertIn("changed meanwhile", self.url_open(tx.landing_route).text)

    def test_words_and_methods_are_those_of_a_card_or_of_a_bank_account(self):
        bank = self.env.ref("payment.payment_method_ach_direct_debit")
        bank.write(
            {
                "active": True,
                "support_tokenization": True,
                "provider_ids": [(4, self.provider.id)],
            }
        )
        self._enrol()
        names = {"card": self.method.name, "bank": bank.name}
        for medium, url in (
            ("card", ""),
            ("card", "?medium=x"),
            ("bank", "?medium=bank"),
        ):
            with self.subTest(url=url):
                page = self._parse(self.url_open(f"/PAYNOW/autopay/save{url}"))
                labels = page.xpath(
                    "//label[contains(@class, 'o_payment_option_label')]"
                )
                self.assertEqual(
                    [label.text_content() for label in labels], [names[medium]]
                )
        form = self._prepare_saving(payment_method_id=bank.id)
        self.assertEqual(self._save(form).json()["result"]["state"], "error")

    # === NOTHING LEFT === #

    def test_declined_method_leaves_nothing(self):
        self._enrol()
        tx = self._begin()
        before = self._count_rows()
        self._answer(tx, "error")
        self.assertEqual(self._count_rows(), before)
        self.assertFalse(tx.paynow_saving)
        self.assertIn("Nothing was saved", self.url_open(tx.landing_route).text)

    def test_method_that_is_saved_after_all_is_archived(self):
        self._enrol()
        tx = self._begin()
        self._answer(tx, "error")
        self._answer(tx)
        self.assertTrue(tx.token_id)
        self.assertFalse(tx.token_id.active)
        self.assertFalse(self._get_choices())

    def test_abandoned_saving_is_forgotten(self):
        self._enrol()
        tx = self._begin()
        with freeze_time(tx.create_date + timedelta(hours=25)):
            self.env["payment.transaction"]._gc_paynow_savings()
        self.assertFalse(tx.paynow_saving)
        self.assertEqual(tx.paynow_saving_state, "dropped")

    def test_news_twice_make_one_choice(self):
        self._enrol()
        tx = self._begin()
        self._answer(tx)
        self._answer(tx)
        tx._post_process()
        self.assertEqual(len(self._get_choices()), 1)

    # === PAGES === #

    def test_saved_methods_are_never_listed(self):
        self._create_token(partner_id=self.client.id, payment_details="Dana4242")
        self._enrol()
        for url in ("/PAYNOW/autopay", "/PAYNOW/autopay/save"):
            self.assertNotIn("Dana4242", self.url_open(url).text)

    def test_methods_that_can_not_be_saved_are_not_offered(self):
        self._enrol()
        self.provider.allow_tokenization = False
        response = self.url_open("/PAYNOW/autopay/save")
        self.assertNotIn("o_payment_form", response.text)

    def test_pages_are_kept_and_named_nowhere(self):
        self._enrol()
        for url in ("/PAYNOW/autopay", "/PAYNOW/autopay/save"):
            headers = self.url_open(url).headers
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertIn("object-src 'none'", headers["Content-Security-Policy"])

    def test_visits_write_nothing(self):
        self._enrol()
        tx = self._begin()
        self._answer(tx)
        before = self._count_rows()
        for url in ("/PAYNOW/autopay", "/PAYNOW/autopay/save", tx.landing_route):
            self.url_open(url)
        self.assertEqual(self._count_rows(), before)
