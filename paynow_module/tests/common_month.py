# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import contextmanager
from datetime import UTC, date, datetime
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo.fields import Command
from odoo.sql_db import BaseCursor

from .common_autopay import PaynowAutopayCommon
from .common_month_books import PaynowMonthBooks

ZONE = "America/New_York"


class PaynowMonthCommon(PaynowMonthBooks, PaynowAutopayCommon):
    """The books of a month, day by day, as an accountant closes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = ZONE
        cls.today = date(2026, 10, 1)
        cls.env["payment.method"].with_context(active_test=False).search(
            []
        ).support_refund = "partial"
        cls.startClassPatcher(
            patch.object(
                cls.env.registry["payment.provider"],
                "_compute_feature_support_fields",
                lambda providers: providers.update(
                    {"support_refund": "partial", "support_manual_capture": "partial"}
                ),
            )
        )
        cls.euro = cls.setup_other_currency(
            "EUR", rates=[("2026-09-01", 0.9), ("2026-10-10", 0.8)]
        )
        cls.bank = cls.provider.journal_id
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.outstanding = cls.inbound_payment_method_line.payment_account_id
        cls.ach = cls.env.ref("payment.payment_method_ach_direct_debit")

    def setUp(self):
        super().setUp()
        # A draft would keep the month from being closed.
        self.env["account.move"].search(
            [("state", "=", "draft"), ("company_id", "=", self.company.id)]
        ).unlink()
        self.events = []

    @classmethod
    def _create_provider(cls, name, journal):
        """Create another provider, whose payments are booked in a journal.

        :rtype: payment.provider
        """
        provider = cls.provider.copy({"name": name, "state": "disabled"})
        provider.write(
            {
                "journal_id": journal.id,
                "payment_method_ids": [Command.set(cls.payment_methods.ids)],
                "available_currency_ids": [Command.clear()],
                "is_published": True,
                "state": "enabled",
            }
        )
        return provider

    # === THE CLOCK === #

    @contextmanager
    def _on_day(self, time, what):
        """Have it be a time where the company is; note what is booked meanwhile.

        :param str time: The day of October and the hour, as "07" or "07 21:40"; of
            November as "11-04".
        :param str what: What happens, for the journal.
        """
        day, _space, hour = time.partition(" ")
        local = datetime.fromisoformat(
            f"2026-{day if '-' in day else f'10-{day}'} {hour or '12:00'}"
        ).replace(tzinfo=ZoneInfo(ZONE))
        now = local.astimezone(UTC).replace(tzinfo=None)
        before = self._get_entries()
        with freeze_time(now), patch.object(BaseCursor, "now", lambda _cr: now):
            yield
            self.env.flush_all()
            self.env.invalidate_all()
            self._assert_agrees()
        self.events.append((local.date(), what, self._get_entries() - before))

    # === STEPS === #

    def _invoice(self, number, amount, client, day="2026-09-10", **values):
        """Send an invoice; it is due after two weeks, unless its terms say otherwise.

        :rtype: account.move
        """
        if "invoice_payment_term_id" not in values:
            values = {
                "invoice_payment_term_id": False,
                "invoice_date_due": "2026-10-15",
                **values,
            }
        return self._create_bill(
            number, amount, partner_id=client.id, invoice_date=day, **values
        )

    def _begin(self, invoice, amount, state="draft", **values):
        """Press *Pay* for no more than the page offers.

        :rtype: payment.transaction
        """
        self.assertGreaterEqual(invoice._paynow_get_payable(), amount)
        return self._pay(
            state,
            amount=amount,
            currency_id=invoice.currency_id.id,
            partner_id=invoice.partner_id.id,
            invoice_ids=[Command.set(invoice.ids)],
            **values,
        )

    def _confirm(self, txs):
        """Have the provider confirm payments, and Odoo post them.

        :return: The same payments.
        :rtype: payment.transaction
        """
        txs._set_done()
        txs._post_process()
        self.assertTrue(all(txs.mapped("is_post_processed")))
        return txs

    def _card(self, invoice, amount, **values):
        """Pay by card."""
        return self._confirm(self._begin(invoice, amount, **values))

    def _debit(self, invoice, amount):
        """Begin a bank payment, which clears later."""
        return self._begin(invoice, amount, "pending", payment_method_id=self.ach.id)

    def _return(self, tx, **values):
        """Mark a payment as returned."""
        self.env["paynow.return"].with_user(self.accountant).create(
            {"transaction_id": tx.id, "code": "R01", **values}
        ).action_confirm()

    def _credit(self, number, invoice, amount, refund):
        """Make the credit note of a refund, and match them."""
        note = self._create_bill(
            number,
            amount,
            partner_id=invoice.partner_id.id,
            move_type="out_refund",
            invoice_date=self.company._paynow_get_today(),
            invoice_payment_term_id=False,
            account_id=self.company_data["default_account_revenue"].id,
        )
        lines = (note | refund.payment_id.move_id).line_ids
        lines.filtered(lambda line: line.account_id == self.receivable).reconcile()

    def _register(self, invoice, amount):
        """Register a check that came by post."""
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": amount})._create_payments()

    def _match(self, amount, label, lines=(), account=None):
        """Enter a line of the bank statement; match it with lines, or an account."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "amount": amount,
                "date": self.company._paynow_get_today(),
                "payment_ref": label,
                "partner_id": lines.partner_id.id if len(lines) == 1 else False,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = account or lines.account_id
        if lines:
            (suspense | lines).reconcile()

    def _refund_credit(self, tx):
        """Press *Refund the credit*; the provider does."""
        tx.with_user(self.accountant).action_paynow_refund_credit()
        self._confirm(tx._paynow_get_refunds())

    def _run_autopay(self, *charges):
        """Run the automatic payments, which charges these amounts so far."""
        with self._provider("done"):
            self._run_cron("paynow_module.ir_cron_autopay")
        self.env.invalidate_all()
        self.assertEqual([amount for _ref, amount in self.charges], [*charges])

    def _get_open_lines(self, invoice):
        return invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term" and not line.reconciled
        )
