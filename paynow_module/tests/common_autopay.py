# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import ExitStack, contextmanager
from datetime import datetime, time, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.sql_db import BaseCursor
from odoo.tools import mute_logger

from .common_books import PaynowBooksCommon


class PaynowAutopayCommon(PaynowBooksCommon):
    """A client with a saved method, and a provider whose charges are counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.allow_tokenization = True
        cls.today = cls.company._paynow_get_today()

    def setUp(self):
        super().setUp()
        self.token = self._create_token(
            partner_id=self.client.id, payment_details="4242", active=True
        )
        self.invoice.button_draft()  # Only those of a test are due.
        today = ExitStack()  # Midnight may come, but not for the company.
        today.enter_context(self._on(0))
        self.addCleanup(today.close)
        self.charges = []

    def _choose(self, invoice=None, token=None, **choice):
        """Have the client choose automatic payment in the portal.

        :rtype: paynow.autopay
        """
        return self.env["paynow.autopay"]._choose(
            self.client,
            token or self.token,
            "192.0.2.7",
            "I authorize it.",
            invoice=invoice,
            company=self.company,
            **choice,
        )

    def _bill(self, number, amount=100.0, due=0, **values):
        """Create an invoice that is due so many days from today.

        :rtype: account.move
        """
        day = self.today + timedelta(days=due)
        values = {"invoice_date": min(day, self.today), **values}
        if "invoice_payment_term_id" not in values:
            values.update(invoice_date_due=day, invoice_payment_term_id=False)
        return self._create_bill(number, amount, **values)

    @contextmanager
    def _provider(self, *states, **payment_data):
        """Have the provider answer every charge, the last answer again and again.

        :param str states: The states that it reports; an exception is raised.
        """
        answers = list(states)

        def _send_payment_request(tx):
            self.charges.append((tx.reference, tx.amount))
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(answer, Exception):
                raise answer
            getattr(tx, f"_set_{answer}")(
                **({"state_message": "No."} if answer == "error" else {})
            )

        with patch.object(
            self.env.registry["payment.transaction"],
            "_send_payment_request",
            _send_payment_request,
        ):
            yield

    def _run(self, *states, days=0):
        """Run the cron so many days from today, with what the provider answers."""
        with self._provider(*states or ("done",)), self._on(days):
            self._run_cron("paynow_module.ir_cron_autopay")
            self.env["payment.transaction"]._paynow_mail_due(100)  # As the queue does.
        self.env.invalidate_all()

    @contextmanager
    def _on(self, days):
        """Have it be noon so many days from today where the company is."""
        day = self.today + timedelta(days=days)
        zone = ZoneInfo(self.company._paynow_get_zone())
        noon = datetime.combine(day, time(12), zone).astimezone(ZoneInfo("UTC"))
        noon = noon.replace(tzinfo=None)
        # What is created is dated by the clock of the database, which runs on.
        with freeze_time(noon), patch.object(BaseCursor, "now", lambda _cr: noon):
            yield

    @contextmanager
    def _refused_by_database(self):
        """Assert that the database refuses what is written."""
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            yield

    def _get_txs(self, invoice=None):
        """Return the automatic payments of an invoice, the first one first."""
        txs = (invoice or self.invoice).transaction_ids
        return txs.filtered("paynow_run_key").sorted("id")

    def _get_failure_mails(self):
        """Return the mails that told the client of a failure."""
        return self._get_mails().filtered(lambda m: "failed" in (m.subject or ""))
