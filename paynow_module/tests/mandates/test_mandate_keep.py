# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common_mandate import PaynowMandateCommon

CRONS = (
    "base.autovacuum_job",
    "payment.cron_post_process_payment_tx",
    "paynow_module.ir_cron_past_due",
    "paynow_module.ir_cron_account_summary",
    "paynow_module.ir_cron_autopay",
    "paynow_module.ir_cron_watchdog",
    "paynow_module.ir_cron_code",
)


@tagged("post_install", "-at_install")
class TestMandateKeep(PaynowMandateCommon):
    """Evidence stays two years past the last debit, whatever is cleaned up."""

    def setUp(self):
        super().setUp()
        self.provider.allow_tokenization = True
        self.token = self._create_token(partner_id=self.client.id)
        self.standing = self._authorize(token_id=self.token.id, method_name="4242")
        self.once = self._authorize(
            kind="once",
            invoice_ids=[(6, 0, self.invoice.ids)],
            amount=100.0,
            text_id=self.Text._get_words(
                self.company, "us_business", "bank", "once"
            ).id,
            user_id=self.portal_user.id,
        )
        self.tx = self._pay_by_bank(paynow_mandate_id=self.once.id)
        self.env.flush_all()
        self.evidence = self._read()

    def _read(self):
        """Return all that the mandates hold, as it is in the database."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(m) - 'write_date' - 'partner_id' - 'token_id'"
            " FROM paynow_mandate m WHERE id = ANY(%s) ORDER BY id",
            [(self.standing + self.once).ids],
        )
        return self.env.cr.fetchall()

    def _refuse(self, call):
        """Assert that Odoo or the database refuses what is tried."""
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger("odoo.sql_db"):
                call()
                self.env.flush_all()
        except (UserError, psycopg2.IntegrityError):
            return
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        self.fail("It was done.")

    def _clean_up(self):
        """Run all that Odoo and we clean up with."""
        for name in CRONS:
            self._run_cron(name)

    def test_two_years_of_clean_ups_leave_all_of_it(self):
        begin = fields.Datetime.now()
        for months in range(0, 24, 6):
            with freeze_time(begin + relativedelta(months=months)):
                self._clean_up()
                self.env.invalidate_all()
                self.assertEqual(self._read(), self.evidence)
                self._refuse((self.standing + self.once).unlink)

    def test_nothing_that_it_names_goes_before_it(self):
        for what, records in {
            "client": self.client,
            "payment": self.tx,
            "company": self.company,
            "words": self.once.text_id,
            "user": self.once.user_id,
            "mandate": self.once,
        }.items():
            with self.subTest(what=what):
                self._refuse(records.sudo().unlink)
        self.token.unlink()
        self.invoice.button_draft()
        self._refuse(self.invoice.with_context(force_delete=True).unlink)
        self.invoice.button_cancel()
        self.client.action_archive()
        self.env.invalidate_all()
        self.assertEqual(self._read(), self.evidence)
        self.assertEqual(self.once.invoice_ids, self.invoice)
        self.assertEqual(self.standing.method_name, "4242")

    def test_it_goes_with_a_client_who_is_merged(self):
        other = self.client.copy({"name": "The same"})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.client + other).ids, other
        )
        self.env.invalidate_all()
        self.assertEqual((self.standing + self.once).partner_id, other)
        self.assertEqual(self._read(), self.evidence)

    def test_it_may_be_deleted_two_years_after_the_last_debit(self):
        self.tx.last_state_change = fields.Datetime.now() + timedelta(days=100)
        last = self.tx.last_state_change
        self.assertEqual(
            self.once._get_keep_date(), (last + relativedelta(years=2)).date()
        )
        with freeze_time(last + relativedelta(years=2)):
            self._refuse(self.once.unlink)
        with freeze_time(last + relativedelta(years=2, days=1)):
            with self.assertRaises(AccessError):
                self.once.with_user(self.clerk).unlink()
            self.once.with_user(self.accountant).unlink()
        self.assertTrue(self.tx.exists())

    def test_one_that_still_holds_is_kept_whatever_its_age(self):
        with freeze_time(fields.Datetime.now() + relativedelta(years=9)):
            self._refuse(self.standing.unlink)

    def test_one_of_invoices_holds_until_they_are_paid(self):
        bill = self._create_bill("Inv777", 10.0)
        mandate = self._authorize(kind="invoices", invoice_ids=[(6, 0, bill.ids)])
        self.assertFalse(mandate._get_keep_date())
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        ).create({}).action_create_payments()
        bill.invalidate_recordset()
        if bill.payment_state == "paid":
            self.assertTrue(mandate._get_keep_date())
        mandate._revoke("The client asked.")
        self.assertEqual(
            mandate._get_keep_date(),
            fields.Date.today() + relativedelta(years=2),
        )

    def test_what_was_agreed_to_never_changes(self):
        for values in ({"text": "x"}, {"email": "x@x.example"}, {"notice_days": 0}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.standing.sudo().write(values)
