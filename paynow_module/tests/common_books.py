# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools.safe_eval import safe_eval

from .common import PaynowCommon


class PaynowBooksCommon(PaynowCommon):
    """The people and the lists that hear of payments that went wrong."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._create_user("accountant", "account.group_account_manager")
        cls.clerk = cls._create_user("clerk", "account.group_account_invoice")

    @classmethod
    def _create_user(cls, login, groups, company=None):
        """Create a user of one company.

        :rtype: res.users
        """
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"paynow_{login}",
            groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def _pay_by_bank(self, **values):
        """Create a bank payment that is in the books."""
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        tx = self._pay(payment_method_id=ach.id, **values)
        tx._post_process()
        self._get_mails().unlink()  # The receipt.
        return tx

    def _assert_refused_to_others(self, tx, action):
        """Assert that only accounting administrators of the company may do it.

        :param str action: The name of a method of the transaction.
        """
        other_company = self.env["res.company"].sudo().create({"name": "Other"})
        for user in (
            self.clerk,
            self.internal_user,
            self.portal_user,
            self.public_user,
            self._create_user("other", "account.group_account_manager", other_company),
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                getattr(tx.with_user(user), action)()

    def _run_cron(self, xmlid):
        """Run a scheduled action as the scheduler does."""
        with self.enter_registry_test_mode():
            self.env.ref(xmlid).sudo().method_direct_trigger()

    def _run_watchdog(self):
        self._run_cron("paynow_module.ir_cron_watchdog")

    def _get_activities(self, invoice=None):
        """Return the activities of ours on an invoice."""
        invoice = invoice or self.invoice
        return invoice.activity_ids.filtered(lambda a: "Pay Now" in (a.summary or ""))

    def _get_mails(self):
        """Return the mails to the payer that are queued."""
        return self.env["mail.mail"].sudo().search([("email_to", "ilike", self.email)])

    def _get_listed(self):
        """Return what the view "Paid, not posted" lists for the accountant."""
        action = self.env.ref("paynow_module.payment_transaction_action_unposted")
        return (
            self.env["payment.transaction"]
            .with_user(self.accountant)
            .search(safe_eval(action.sudo().domain))
            .sudo()
        )

    def _get_provider_lines(self, provider=None):
        """Return the lines of a provider on its journal, `sudo`-ed."""
        provider = (provider or self.provider).sudo()
        return provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == provider
        )

    def _break_provider(self, provider=None):
        """Give a provider a second line on its journal, so that nothing is posted.

        :return: The line, for `_repair_provider`.
        :rtype: account.payment.method.line
        """
        line = self._get_provider_lines(provider)
        return line.copy({"name": "Second line"})

    def _repair_provider(self, line):
        """Take a second line off its journal; Odoo doesn't let it be deleted."""
        line.journal_id = False
        self.env.flush_all()

    def _assert_told_once(self, summary, *facts, invoice=None):
        """Assert that one accounting administrator has one activity with the facts."""
        activity = self._get_activities(invoice)
        self.assertEqual(len(activity), 1, activity.mapped("summary"))
        self.assertEqual(activity.summary, summary)
        self.assertTrue(activity.user_id.has_group("account.group_account_manager"))
        self.assertIn(self.company, activity.user_id.company_ids)
        for fact in facts:
            self.assertIn(fact, str(activity.note))
        return activity
