# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import ExitStack
from itertools import product
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext

from ..common import PaynowHttpCommon


@tagged("post_install", "-at_install")
class TestProviderSetup(PaynowHttpCommon):
    """Errors in the set-up of a provider, found before a payer meets them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "paynow_accountant",
            "account.group_account_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.cron = self.env.ref("payment.cron_post_process_payment_tx").sudo()
        self.cron.active = True

    def _get_line(self):
        """Return the line of the provider on its journal."""
        return self.provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self.provider
        )

    def _get_notes(self):
        """Return what the accounting administrator reads in the settings."""
        settings = self.env["paynow.settings"].with_user(self.accountant).create({})
        return html2plaintext(settings.paynow_health)

    def _assert_not_offered(self, reason, form):
        """Assert that the provider is offered nowhere, and the reason is told.

        :param str reason: What the administrator reads.
        :param dict form: What a page sends that was opened before.
        """
        self.env.flush_all()
        self.env.invalidate_all()
        notes = self._get_notes()
        self.assertIn(f"{self.provider.name} is not offered.", notes)
        self.assertIn(reason, notes)

        response = self.url_open("/PAYNOW")
        self.assertIn("Online payment is not available", self._get_alert(response))
        self.assertNotIn(reason, response.text)
        result = self._post_transaction(form).json()["result"]
        self.assertEqual(result["state"], "error")
        self.assertFalse(self.invoice.sudo().transaction_ids)

        self.authenticate("paynow_accountant", "paynow_accountant")
        told = self._get_text(
            self.url_open("/PAYNOW"), "//*[@id='o_paynow_availability']"
        )
        self.assertIn(self.provider.name, told)
        self.assertIn(reason, told)

    def test_provider_that_is_set_up_is_offered(self):
        """Test that nothing is said of a provider that is right."""
        self.assertFalse(self._get_notes_of_provider())
        self._open_checkout()

    def _set_journal(self, journal):
        """Give the provider a journal, past Odoo, which heals much by itself."""

        def _compute_journal_id(providers):
            for provider in providers:
                provider.journal_id = journal

        self.patch(
            self.env.registry["payment.provider"],
            "_compute_journal_id",
            _compute_journal_id,
        )

    def test_provider_without_journal_is_not_offered(self):
        """Test that money can't come in where there is no journal for it."""
        form = self._prepare_form()
        self._get_line().journal_id = False
        self._set_journal(self.env["account.journal"])
        self._assert_not_offered("It has no payment journal.", form)

    def test_provider_with_two_lines_is_not_offered(self):
        """Test that a payment can't come in on two lines at once."""
        form = self._prepare_form()
        self._get_line().copy({"name": "Second line"})
        self._assert_not_offered(
            f"Its journal {self.provider.journal_id.name} has 2 payment method lines",
            form,
        )

    def test_provider_without_line_is_not_offered(self):
        """Test that a journal alone isn't enough."""
        form = self._prepare_form()
        line_id, journal = self._get_line().id, self.provider.journal_id
        self.env.flush_all()
        # Odoo heals what is cleared through its models.
        self.env.cr.execute(
            "UPDATE account_payment_method_line SET payment_provider_id = NULL"
            " WHERE id = %s",
            (line_id,),
        )
        self._set_journal(journal)
        self._assert_not_offered("has 0 payment method lines", form)

    def test_provider_whose_line_odoo_has_yet_to_make_is_offered(self):
        """Test that the very first visitor after an installation can pay."""
        line = self._get_line()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_payment_method_line SET payment_provider_id = NULL"
            " WHERE id = %s",
            (line.id,),
        )
        self.env.invalidate_all()
        self.assertFalse(self.provider._paynow_get_problem())
        self.assertEqual(line.payment_provider_id, self.provider)

    def test_provider_without_outstanding_account_is_not_offered(self):
        """Test that a payment can't be posted without the other half of its entry."""
        form = self._prepare_form()
        self._get_line().payment_account_id = False
        self.assertFalse(self._get_notes_of_provider())  # Odoo has a default account.
        self.patch(
            self.env.registry["payment.provider"],
            "_get_payment_method_outstanding_account_id",
            lambda provider, method: False,
        )
        self._assert_not_offered(
            "Its journal has no outstanding receipts account for it.", form
        )

    def _get_problem(self, **values):
        """Return what is wrong with a provider that is otherwise."""
        self.env.flush_all()
        self.env.invalidate_all()
        Provider = self.env.registry["payment.provider"]
        with ExitStack() as patches:
            for name, value in values.items():
                patches.enter_context(patch.object(Provider, name, value, create=True))
            return self.provider._paynow_get_problem()

    def test_line_in_another_journal_is_nobody_s_problem(self):
        """Test that the journal of the first line is the one, as Odoo has it."""
        line = self._get_line()
        other = self.company_data["default_journal_bank"].copy({"name": "Other"})
        self.assertNotEqual(other, line.journal_id)
        second = line.copy({"name": "Second line"})
        self.env.flush_all()
        # Odoo's form allows it, its models heal it.
        self.env.cr.execute(
            "UPDATE account_payment_method_line SET journal_id = %s WHERE id = %s",
            [other.id, second.id],
        )
        self.assertFalse(self._get_problem())

    def test_line_without_a_journal_is_none(self):
        """Test that Odoo makes another one where one was taken off its journal."""
        line = self._get_line()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_payment_method_line SET journal_id = NULL WHERE id = %s",
            [line.id],
        )
        self.assertFalse(self._get_problem())
        self.assertNotEqual(self._get_line(), line)

    def test_line_for_refunds_is_nobody_s_problem(self):
        line = self._get_line()
        outbound = self.env.ref("account.account_payment_method_manual_out")
        second = line.copy({"name": "Refunds"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_payment_method_line SET payment_method_id = %s"
            " WHERE id = %s",
            [outbound.id, second.id],
        )
        self.assertFalse(self._get_problem())

    def test_an_outstanding_account_of_its_own_is_enough(self):
        """Test a company that has no default account."""
        self.assertTrue(self._get_line().payment_account_id)
        self.assertFalse(
            self._get_problem(
                _get_payment_method_outstanding_account_id=lambda *_args: False
            )
        )

    def test_where_no_entry_is_needed_no_account_is(self):
        """Test that this is so with Odoo's accounting app, and of this line only."""
        Move = self.env.registry["account.move"]
        line = self._get_line()
        for state, account, expected in (
            ("in_payment", line.payment_account_id, False),
            ("in_payment", False, True),
            ("paid", False, False),
        ):
            line.payment_account_id = account
            with (
                self.subTest(state=state, account=account),
                patch.object(
                    Move, "_get_invoice_in_payment_state", lambda *_args, s=state: s
                ),
                patch.object(
                    self.env.registry["payment.provider"],
                    "_get_payment_method_outstanding_account_id",
                    lambda *_args: False,
                ),
            ):
                self.assertEqual(self.provider._paynow_posts_without_entry(), expected)
                problem = self.provider._paynow_get_problem()
                self.assertEqual(bool(problem), not account and not expected)

    def test_stripe_needs_the_secret_of_its_webhook(self):
        """Test that nobody's forged news are taken for Stripe's."""
        self.assertIn(
            "webhook secret",
            self._get_problem(code="stripe", stripe_webhook_secret=False),
        )
        self.assertFalse(
            self._get_problem(code="stripe", stripe_webhook_secret="whsec_1")
        )
        self.assertFalse(self._get_problem(stripe_webhook_secret=False))

    def _get_notes_of_provider(self):
        """Return whether the notes complain of the provider."""
        return f"{self.provider.name} is not offered" in self._get_notes()

    def test_line_that_falls_back_on_the_default_account_can_be_posted(self):
        """Test that what is offered without an account of its own is posted."""
        self._get_line().payment_account_id = False
        tx = self._pay_online()
        tx._set_done()
        self._poll()
        self.assertEqual(tx.payment_id.move_id.state, "posted")
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_provider_is_not_offered_while_its_cron_is_off(self):
        """Test that payments aren't taken that nobody would post."""
        form = self._prepare_form()
        self.cron.active = False
        self._assert_not_offered(
            "The scheduled action that posts payments is off.", form
        )

    # === DEMONSTRATION === #

    def _leave_trial(self):
        """Have the database look like one where real invoices are paid."""
        self.patch(
            self.env.registry["payment.provider"],
            "_paynow_is_trial_database",
            lambda provider: False,
        )

    def test_published_test_provider_is_not_offered_in_earnest(self):
        """Test that nobody pays with play money where real invoices are."""
        form = self._prepare_form()
        self._leave_trial()
        self.provider.write({"state": "test", "is_published": True})
        self._assert_not_offered("It is published in test mode,", form)

    def test_enabled_provider_is_offered_in_earnest(self):
        """Test that what takes real money is offered where real invoices are."""
        self._leave_trial()
        self.assertFalse(self._get_notes_of_provider())
        self._open_checkout()

    def test_unpublished_test_provider_is_for_employees_only(self):
        """Test that the set-up can be tried before clients see it."""
        form = self._prepare_form()
        self._leave_trial()
        self.provider.write({"state": "test", "is_published": False})
        self.assertFalse(self._get_notes_of_provider())
        result = self._post_transaction(form).json()["result"]
        self.assertEqual(result["state"], "error")

    def test_test_provider_is_offered_in_a_trial(self):
        """Test that trying it out works without further ado."""
        self.provider.write({"state": "test", "is_published": True})
        self.assertFalse(self._get_notes_of_provider())
        self._open_checkout()

    def test_trial_database_is_one_with_demo_data_or_neutralized(self):
        """Test what counts as a database for demonstration or test."""
        Provider = self.env["payment.provider"].sudo()
        base = self.env.ref("base.module_base").sudo()
        set_param = self.env["ir.config_parameter"].sudo().set_param
        for has_demo_data, is_neutralized in product((False, True), repeat=2):
            with self.subTest(demo=has_demo_data, neutralized=is_neutralized):
                base.demo = has_demo_data
                self.env.registry.clear_cache()
                set_param("database.is_neutralized", is_neutralized)
                self.assertEqual(
                    Provider._paynow_is_trial_database(),
                    has_demo_data or is_neutralized,
                )

    # === ONE OF SEVERAL === #

    def test_administrator_reads_of_a_bad_provider_beside_a_good_one(self):
        """Test that a reason is told although the page works with another provider."""
        bad = self.provider.copy(
            {"name": "Bad", "state": "enabled", "is_published": True}
        )
        self._get_line().copy({"name": "Second line", "payment_provider_id": bad.id})
        self.assertIn("Bad is not offered. Its journal", self._get_notes())
        context = self._open_checkout()
        form = self._prepare_form(context, provider_id=bad.id)
        result = self._post_transaction(form).json()["result"]
        self.assertEqual(result["state"], "error")

    def test_the_first_payer_after_the_set_up_is_offered_the_provider(self):
        """Test a provider whose journal Odoo has not looked for yet."""
        line = self._get_line()
        self.env.flush_all()
        # Odoo lets nobody delete it, but has none in a database just set up.
        self.env.cr.execute(
            "DELETE FROM account_payment_method_line WHERE id = %s", line.ids
        )
        self.env.invalidate_all()
        self.assertFalse(self.provider._paynow_get_problem())
        self.assertEqual(len(self._get_line()), 1)

    def test_wire_transfer_needs_no_journal(self):
        """Test that a promise to send money is booked when the money arrives."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_provider SET code = 'custom' WHERE id = %s",
            (self.provider.id,),
        )
        self.env.invalidate_all()
        self._set_journal(self.env["account.journal"])
        self.assertFalse(self._get_notes_of_provider())

    def test_providers_of_other_companies_are_not_told(self):
        """Test that an administrator reads of their own company's providers only."""
        other = self.setup_other_company()["company"]
        foreign = self.provider.copy({"name": "Foreign"})
        foreign.company_id = other
        foreign.state = "test"
        self.patch(
            self.env.registry["payment.provider"],
            "_paynow_get_problem",
            lambda provider: "It is broken.",
        )
        notes = self._get_notes()
        self.assertIn(f"{self.provider.name} is not offered. It is broken.", notes)
        self.assertNotIn("Foreign", notes)
