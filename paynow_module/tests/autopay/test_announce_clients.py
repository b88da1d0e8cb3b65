# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import os
import random
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import format_date

from ..common_announce import PaynowAnnounceCommon

# 200 take long; `PAYNOW_ANNOUNCE_CLIENTS=200` has them.
CLIENTS = int(os.environ.get("PAYNOW_ANNOUNCE_CLIENTS", "12"))
SEED = int(os.environ.get("PAYNOW_ANNOUNCE_SEED", "20"))
DAYS = 60  # Of the clock, one step a day.
LANGS = ("en_US", "de_DE", "fr_FR")
#: Country, whether a company, and the days of notice of the mandate.
RULES = (
    ("us", False, 10),
    ("us", True, 0),
    ("ca", False, 10),
    ("ca", True, 10),
    ("de", True, 1),
    ("au", True, 0),
)


@tagged("-at_install", "post_install")
class TestAnnounceClients(PaynowAnnounceCommon):
    """What the run charges is what the notices said, over many generated clients."""

    def setUp(self):
        super().setUp()
        self.dice = random.Random(SEED)
        for lang in LANGS:
            self.env["res.lang"]._activate_lang(lang)
        self.terms = [
            self._create_terms((100, 14)),
            self._create_terms((100, 30)),
            self._create_terms((30, 5), (30, 20), (40, 50)),
            self._create_terms((50, 12), (50, 16)),
            self._create_terms(
                (100, 30), early_discount=True, discount_percentage=2, discount_days=12
            ),
        ]
        self.changed = self.env["account.move"]  # After they were announced, maybe.

    def _make_client(self, number):
        """Make a client with a saved method, bills, and a choice."""
        country, is_company, self.notice_days = self.dice.choice(RULES)
        client = self.env["res.partner"].create(
            {
                "name": f"Client {number}",
                "email": f"client{number}@example.com",
                "is_company": is_company,
                "lang": self.dice.choice(LANGS),
                "country_id": self.env.ref(f"base.{country}").id,
            }
        )
        token = self._create_token(
            partner_id=client.id, payment_details=f"{number:04d}", active=True
        )
        bills = [
            self._bill(
                f"{'AB'[index]}{number:04d}",  # None that holds a year.
                self.dice.randint(500, 90000) / 100,
                due=self.dice.randint(-20, 0),
                partner_id=client.id,
                invoice_payment_term_id=self.dice.choice(self.terms).id,
            )
            for index in range(self.dice.randint(1, 2))
        ]
        self.client = client
        one = bills[0] if self.dice.random() < 0.3 else None
        self._choose(
            one,
            token,
            use_discounts=self.dice.random() < 0.5,
            **(
                {}
                if one
                else {
                    "timing": self.dice.choice(("before", "on", "after")),
                    "days": self.dice.randint(0, 5),
                }
            ),
        )
        return bills

    def _disturb(self, bill):
        """Do now and then what changes what is to be charged, and when."""
        fate = self.dice.random()
        if fate > 0.012 or not bill._paynow_is_open():
            return
        self.changed |= bill
        # The crons have numbered payments, too, with cursors of their own.
        self.env.cr.precommit.data.pop("sequence.mixin", None)
        payable = bill._paynow_get_payable()
        if fate < 0.004 and payable > 1:
            tx = self._pay(
                amount=round(payable / 3, 2),
                partner_id=bill.partner_id.id,
                invoice_ids=[Command.set(bill.ids)],
            )
            tx._post_process()
        elif fate < 0.008:
            lines = bill.line_ids.filtered(
                lambda line: line.display_type == "payment_term" and not line.reconciled
            )
            lines[-1:].date_maturity += timedelta(days=self.dice.randint(-6, 9))
        elif fate < 0.010:
            bill.sudo()._paynow_autopay_pause(not bill.paynow_autopay_paused)
        else:
            self.env["account.payment"].create(
                {
                    "partner_id": bill.partner_id.id,
                    "amount": 1.0,
                    "journal_id": self.company_data["default_journal_bank"].id,
                }
            ).action_post()
        self.env.flush_all()
        self.env.invalidate_all()

    def test_every_charge_is_what_a_notice_said_in_time(self):
        bills = self.env["account.move"]
        for number in range(CLIENTS):
            bills = bills.union(*self._make_client(number))
        self._tell()
        for day in range(DAYS):
            with self._on(day):
                for bill in bills:
                    self._disturb(bill)
            self._tell(day, is_open=self.dice.random() > 0.05)
            self._run("done", days=day)
        txs = self.env["payment.transaction"].search(
            [("paynow_run_key", "!=", False), ("invoice_ids", "in", bills.ids)]
        )
        self.assertGreater(len(txs), CLIENTS // 2)
        self.exact = 0
        for tx in txs:
            with self.subTest(tx=tx.reference):
                self._assert_told(tx)
        self.assertGreater(self.exact, len(txs) // 3)
        self.assertFalse(bills.filtered(lambda b: b._paynow_get_residual() < 0))

    def _assert_told(self, tx):
        """Assert that a charge was told of in time, in the words of the mail."""
        notice, mandate = tx.paynow_notice_id.sudo(), tx.paynow_mandate_id
        bill = tx.invoice_ids
        charged = self._get_day(tx)
        if not mandate.notice_days and not notice:
            return  # Chosen for what was late; or the mail server was away.
        self.assertTrue(notice, "Charged without a notice")
        self.assertLessEqual(
            notice.sent_date + timedelta(days=mandate.notice_days), charged
        )
        # No sooner and no more than it says; less where a part was paid since.
        self.assertLessEqual(notice.charge_date, charged)
        self.assertLessEqual(tx.amount, notice.amount)
        if bill not in self.changed:
            self.assertEqual((charged, tx.amount), (notice.charge_date, notice.amount))
            self.exact += 1
        (body,) = [
            body
            for day, to, _subject, body in self.mails
            if day == notice.sent_date
            and bill.partner_id.email in to
            and self._says(body, bill, notice)
        ]
        self.assertIn(mandate.reference, body)

    def _says(self, body, bill, notice):
        """Tell whether a mail names invoice, day and amount of a notice."""
        lang = bill.with_context(lang=bill.partner_id.lang)
        words = self._get_words(body)
        return all(
            text in words
            for text in (
                bill.name,
                format_date(lang.env, notice.charge_date),
                " ".join(lang._paynow_format(notice.amount).split()),
            )
        )

    def _get_day(self, tx):
        """Return the day of the company on which a payment was made."""
        return tx.last_state_change.date()  # At noon, so the same everywhere.
