# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models
from odoo.tools import float_round, ormcache

from odoo.addons.payment import utils as payment_utils

# The methods by which a bank account is debited, which takes days; see the data of
# `payment`.
BANK_DEBIT_CODES = (
    "ach_direct_debit",
    "bacs_direct_debit",
    "becs_direct_debit",
    "sepa_direct_debit",
)
#: What is asked of a payment method line; one that is not listed costs another query.
LINE_FIELDS = (
    "journal_id",
    "payment_account_id",
    "payment_method_id",
    "payment_provider_id",
)


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    @api.model
    def _paynow_get_options(
        self, company, website, partner=None, amount=0.0, currency=None, report=None
    ):
        """Return the providers and payment methods that Pay Now offers here.

        These are those that Odoo offers for the same company, website, country,
        currency and amount, without the providers that insist on storing the payment
        method.

        To offer fewer, override this method and filter its result; the transaction
        route accepts nothing that is not in it.

        :param res.company company: The company that is paid.
        :param website website: The website on which it is paid.
        :param res.partner partner: The customer of the invoice, if known.
        :param float amount: The amount to pay, in the given currency.
        :param res.currency currency: The currency, if known.
        :param dict report: The availability report to fill, see `payment`.
        :return: The sudoed providers and payment methods.
        :rtype: tuple[payment.provider, payment.method]
        """
        partner_id = partner.id if partner else None
        currency_id = currency.id if currency else None
        providers_sudo = (
            self.sudo()
            # By a rate of the same day whoever looks, without asking for their user.
            .with_context(tz="UTC")
            ._get_compatible_providers(
                company.id,
                partner_id,
                amount,
                currency_id=currency_id,
                website_id=website.id,
                report=report,
            )
            .with_env(self.env(su=True))
        )  # In sudo mode to read the fields of providers and partner (if logged out).
        storing_sudo = providers_sudo.filtered(lambda p: p._is_tokenization_required())
        payment_utils.add_to_report(
            report,
            storing_sudo,
            available=False,
            reason=self.env._("insists on storing the payment method"),
        )
        providers_sudo -= storing_sudo
        for provider_sudo in providers_sudo:
            if problem := provider_sudo._paynow_get_problem():
                payment_utils.add_to_report(
                    report, provider_sudo, available=False, reason=problem
                )
                providers_sudo -= provider_sudo
        methods_sudo = (
            self.env["payment.method"]
            .sudo()
            ._get_compatible_payment_methods(
                providers_sudo.ids,
                partner_id,
                currency_id=currency_id,
                website_id=website.id,
                report=report,
            )
        )  # In sudo mode to read the fields of providers.
        # That of the page counts what strangers try there, also of a branch's invoices.
        companies_sudo = (company | website._paynow_get_company()).sudo()
        if any(company_sudo._paynow_hides_cards() for company_sudo in companies_sudo):
            methods_sudo = methods_sudo.filtered(lambda m: m.code in BANK_DEBIT_CODES)
        return providers_sudo, methods_sudo

    @api.model
    def _paynow_get_largest_amount(self, company, website, partner, currency):
        """Return the most that can be paid at once, where each provider has a limit.

        :param res.company company: See `_paynow_get_options`, as the others.
        :param website website: The website.
        :param res.partner partner: The customer of the invoice.
        :param res.currency currency: The currency of the invoice.
        :return: The amount in that currency; None if it is not the amount that keeps
            all methods from being offered.
        :rtype: float|None
        """
        providers_sudo, methods_sudo = self._paynow_get_options(
            company, website, partner=partner, currency=currency
        )
        providers_sudo &= methods_sudo.provider_ids
        limits = [
            (provider_sudo.main_currency_id, provider_sudo.maximum_amount)
            for provider_sudo in providers_sudo
        ]
        if not limits or not all(limit for _currency, limit in limits):
            return None
        today = company._paynow_get_today()
        largest = max(
            own._convert(limit, currency, company, today, round=False)
            for own, limit in limits
        )
        return float_round(
            largest, precision_rounding=currency.rounding, rounding_method="DOWN"
        )

    def _paynow_get_problem(self):
        """Return why payments by this provider would not find their way into the books.

        To check more, override this method; a provider with a problem is not offered.

        :return: The reason in words; None if all is well.
        :rtype: str|None
        """
        self.ensure_one()
        if self.code == "custom":
            return None  # Wire transfers are booked when they arrive at the bank.
        Line = self.env["account.payment.method.line"]
        domain = [("payment_provider_id", "=", self.id), ("journal_id", "!=", False)]
        lines = Line.search_fetch(domain, LINE_FIELDS)
        if not lines:
            # Reading its journal, Odoo makes the line. The first visitors may come at
            # once: whoever began before there was one runs again and finds it.
            self.env.cr.execute(
                "UPDATE payment_provider SET write_date = write_date WHERE id = %s",
                [self.id],
                log_exceptions=False,
            )
            if self.journal_id:
                lines = Line.search_fetch(domain, LINE_FIELDS)
        # The first one's, as `account_payment` has it.
        journal = lines[:1].journal_id or self.journal_id
        if not journal:
            return self.env._("It has no payment journal.")
        lines.payment_method_id.fetch(["payment_type"])
        lines = lines.filtered(
            lambda line: (
                line.journal_id == journal
                and line.payment_method_id.payment_type == "inbound"
            )
        )
        if len(lines) != 1:
            return self.env._(
                "Its journal %(journal)s has %(count)s payment method lines for it"
                " instead of one.",
                journal=journal.name,
                count=len(lines),
            )
        if not (
            lines.payment_account_id
            or self._paynow_posts_without_entry()
            or self._get_payment_method_outstanding_account_id(lines.payment_method_id)
        ):
            return self.env._("Its journal has no outstanding receipts account for it.")
        if self.code == "stripe" and not self.stripe_webhook_secret:
            return self.env._("It has no webhook secret, so its news could be forged.")
        if (
            self.state == "test"
            and self.is_published
            and not self._paynow_is_trial_database()
        ):
            return self.env._(
                "It is published in test mode, in which no real money is paid. Enable"
                " it; or unpublish it, then only employees see it and can try it."
            )
        if not self._paynow_has_posting_cron():
            return self.env._("The scheduled action that posts payments is off.")
        return None

    def _paynow_posts_without_entry(self):
        """Tell whether payments by this provider are posted without a journal entry.

        Without Odoo's accounting app, a payment takes the company's default account
        where its method line has no outstanding account; see `account.payment`.

        :rtype: bool
        """
        self.ensure_one()
        lines = self.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self
        )
        return (
            any(not line.payment_account_id for line in lines)
            and self.env["account.move"]._get_invoice_in_payment_state() == "in_payment"
        )

    @api.model
    def _paynow_has_posting_cron(self):
        """Tell whether Odoo's scheduled action that posts payments is on.

        :rtype: bool
        """
        Cron = self.env["ir.cron"].sudo()  # Whoever is asked to pay may not read it.
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "payment.cron_post_process_payment_tx"
        )
        return bool(Cron.search_fetch([("id", "=", cron_id)], ["active"]))

    @api.model
    def _paynow_is_trial_database(self):
        """Tell whether this database is for demonstration or test.

        :rtype: bool
        """
        return bool(
            self._paynow_has_demo_data()
            or self.env["ir.config_parameter"].get_param("database.is_neutralized")
        )

    @api.model
    @ormcache()  # Demo data comes with modules, which empty all caches.
    def _paynow_has_demo_data(self):
        """Tell whether the database was made with demo data.

        :rtype: bool
        """
        Module = self.env["ir.module.module"].sudo()
        module_id = self.env["ir.model.data"]._xmlid_to_res_id("base.module_base")
        return Module.search_fetch([("id", "=", module_id)], ["demo"]).demo
