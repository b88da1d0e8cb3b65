# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import random
from datetime import timedelta

from odoo.tests import Form, tagged

from ..common_autopay import PaynowAutopayCommon

#: Of this many invoices with every obstacle that there is.
INVOICES = 40


@tagged("-at_install", "post_install")
class TestAutopayNext(PaynowAutopayCommon):
    """*Next charges*: what staff read is what the run does."""

    def _list(self, *names):
        """Return the rows that a clerk sees in the list, with these filters.

        :rtype: account.move
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "paynow_module.paynow_next_action"
        )
        domain = [
            ("company_id", "=", self.company.id),
            ("paynow_autopay_date", "<=", "today +30d"),
            ("state", "=", "posted"),
        ]
        self.assertIn("today +30d", action["domain"])
        if "tomorrow" in names:
            domain.append(("paynow_autopay_next_date", "<=", "today +1d"))
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["account.move"].with_user(self.clerk).search(domain)

    def _expire(self, day):
        """Return a saved card that expires with a month."""
        return self._create_token(
            partner_id=self.client.id,
            payment_details=f"Exp {day}",
            active=True,
            paynow_expiry_month=day.month,
            paynow_expiry_year=day.year,
        )

    # === THE SAME AS THE RUN === #

    def _generate(self, rng):
        """Create invoices, each paid automatically, with obstacles or without."""
        terms = [
            False,
            self._create_terms((30, 2), (70, 6)).id,
            self._create_terms(
                (100, 9),
                early_discount=True,
                discount_percentage=2.0,
                discount_days=4,
            ).id,
        ]
        last_month = self.today.replace(day=1) - timedelta(days=1)
        cards = [self.token, self.token, self.token, self._expire(last_month)]
        bills = self.env["account.move"]
        for number in range(INVOICES):
            values = {"due": rng.randrange(8)}
            if term := rng.choice(terms):
                values = {"invoice_payment_term_id": term}
            bill = self._bill(f"N{number}", rng.randrange(100, 99999) / 100, **values)
            self._choose(bill, rng.choice(cards), use_discounts=rng.random() < 0.5)
            bills += bill
        self._bill("Standing", 5000.0, due=3)
        self._choose(limit=1000.0)
        for bill in bills:
            match rng.randrange(10):
                case 0:
                    bill._paynow_autopay_set_hold("Disputed.")
                case 1:
                    until = self.today + timedelta(days=rng.randrange(1, 9))
                    bill._paynow_autopay_set_hold("Wait.", until)
                case 2:
                    bill.paynow_autopay_id.sudo().mandate_id._stop("R10")
                case 3:
                    self._pay(
                        rng.choice(("done", "pending")),
                        amount=round(bill.amount_total / 3, 2),
                        invoice_ids=[(6, 0, bill.ids)],
                    )
        return bills

    def test_what_it_says_for_tomorrow_is_what_tomorrows_run_charges(self):
        """Test over generated invoices, for twelve days, amount by amount."""
        self._generate(random.Random(20))
        shown_in_all = 0
        for day in range(12):
            with self._on(day - 1):
                rows = self._list("tomorrow")
                shown = {
                    row.name: row.paynow_autopay_charge
                    for row in rows
                    if row.paynow_autopay_charge
                }
                self.assertFalse(
                    rows.filtered(
                        lambda row: (
                            not row.paynow_autopay_charge
                            and not row.paynow_autopay_obstacle
                        )
                    )
                )
            before = self.env["payment.transaction"].search([])
            self._run(days=day)
            charged = {
                tx.invoice_ids.name: tx.amount
                for tx in self.env["payment.transaction"].search([]) - before
            }
            self.assertEqual(charged, shown, f"On day {day}")
            shown_in_all += len(shown)
        self.assertGreater(shown_in_all, INVOICES / 2)

    # === WORDS === #

    def _assert_obstacle(self, words, invoice):
        (row,) = self._list().filtered(lambda move: move == invoice)
        self.assertIn(words, row.paynow_autopay_obstacle)
        self.assertEqual(row.paynow_autopay_charge, 0.0)

    def test_it_names_the_day_the_amount_and_what_follows(self):
        terms = self._create_terms((30, 2), (70, 6))
        bill = self._bill("Parts", 1000.0, invoice_payment_term_id=terms.id)
        self._choose()
        row = self._list()
        self.assertEqual(row, bill)
        self.assertEqual(row.paynow_autopay_charge, 300.0)
        self.assertEqual(row.paynow_autopay_next_date, self.today + timedelta(days=2))
        self.assertFalse(row.paynow_autopay_obstacle)
        self.assertIn("700.00", row.paynow_autopay_later)

    def test_what_comes_after_30_days_is_not_listed(self):
        self._bill("Far", due=31)
        near = self._bill("Near", due=30)
        self._choose()
        self.assertEqual(self._list(), near)
        self.assertFalse(self._list("tomorrow"))

    def test_it_says_what_stands_in_the_way(self):
        bill = self._bill("One", due=2)
        choice = self._choose()
        client = self.client.with_company(self.company)
        for words, record, name, value in (
            ("stopped for all", self.company, "paynow_autopay_stopped", True),
            ("stopped for this client", client, "paynow_autopay_stopped", True),
            ("saved payment method was removed", self.token, "active", False),
            ("over the client's limit", choice.sudo(), "limit_amount", 50.0),
        ):
            with self.subTest(words=words):
                before = record[name]
                record[name] = value
                self._assert_obstacle(words, bill)
                record[name] = before
        bill._paynow_autopay_set_hold("Disputed.")
        self._assert_obstacle("Disputed.", bill)
        bill.action_paynow_autopay_release()
        choice.mandate_id._stop("R29")
        self._assert_obstacle("is stopped: R29", bill)

    def test_it_says_that_a_credit_waits_for_a_decision(self):
        bill = self._bill("One", due=2)
        self._choose()
        credit = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.client.id,
                "amount": 30.0,
                "company_id": self.company.id,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        credit.action_post()
        self._assert_obstacle("a credit", bill)

    def test_it_says_that_the_provider_is_disabled(self):
        bill = self._bill("One", due=2)
        self._choose()
        self.env.cr.execute(
            "UPDATE payment_provider SET state = 'disabled' WHERE id = %s",
            [self.provider.id],
        )
        self._assert_obstacle("is disabled", bill)

    def test_it_says_that_a_payment_fails_and_is_tried(self):
        bill = self._bill("One")
        self._choose()
        bill.paynow_autopay_failed_date = self.today
        row = self._list()
        self.assertIn("has not gone through", row.paynow_autopay_obstacle)
        self.assertEqual(row.paynow_autopay_charge, 100.0)

    # === CARDS === #

    def test_a_card_that_will_have_expired_is_seen_before_and_never_charged(self):
        card = self._expire(self.today)
        bill = self._bill("One", due=40)
        self._choose(bill, card)
        with self._on(35):
            self._assert_obstacle("The card will have expired by then.", bill)
        self._run(days=40)
        self.assertFalse(self.charges)
        self.assertEqual(bill.paynow_autopay_reason, "expired")

    def test_a_client_is_told_once_of_a_card_that_a_payment_will_find_expired(self):
        """Test one that expired before the invoice was there, too."""
        card = self._expire(self.today - timedelta(days=90))
        self._choose(token=card)
        self._bill("One", due=5)
        for _time in range(2):
            self._run_cron("paynow_module.ir_cron_card_expiring")
        subjects = self._get_mails().mapped("subject")
        self.assertEqual(len([text for text in subjects if "xpire" in text]), 1)

    def test_the_form_of_the_invoice_opens_for_who_holds_it(self):
        bill = self._bill("One", due=5)
        self._choose()
        bill._paynow_autopay_set_hold("Disputed.")
        with Form(bill.with_user(self.clerk)) as form:
            self.assertIn("Disputed.", form.paynow_autopay_stop)
