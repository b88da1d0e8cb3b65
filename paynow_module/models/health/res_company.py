# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

from ..payment.payment_provider import BANK_DEBIT_CODES

GREEN, AMBER, RED = "green", "amber", "red"


class ResCompany(models.Model):
    """The health of the set-up: what works, what doesn't, what to do and where.

    What concerns one subject, as the website or mails, stands in a file of its own.
    """

    _inherit = "res.company"

    def _paynow_get_health(self):
        """Return the checks of the health panel, in the order of the panel.

        To add a check, override this method and append what `_paynow_prepare_check`
        returns.

        :rtype: list[dict]
        """
        self.ensure_one()
        return [
            self._paynow_get_check_page(),
            self._paynow_get_check_provider(),
            self._paynow_get_check_bank_payments(),
            self._paynow_get_check_crons(),
            self._paynow_get_check_promises(),
            self._paynow_get_check_mail(),
            *self._paynow_get_check_sender(),
            self._paynow_get_check_print(),
            self._paynow_get_check_links(),
            self._paynow_get_check_address(),
            self._paynow_get_check_visitors(),
            self._paynow_get_check_captcha(),
            self._paynow_get_check_policy(),
        ]

    def _paynow_prepare_check(self, title, state, message, where=None, model=None):
        """Return one check of the health panel.

        :param str title: What was looked at.
        :param str state: `green`, `amber` (works, but…) or `red` (doesn't work).
        :param str message: What was found and what to do, a sentence or two.
        :param tuple where: The page to do it on, as its path and its name.
        :param str model: What is changed there; who may not, gets no link.
        :rtype: dict
        """
        if where and model and not self.env[model].has_access("write"):
            where = None
        url, place = where or (None, None)
        return {
            "title": title,
            "state": state,
            "message": message,
            "url": url,
            "place": place,
        }

    # === CHECKS === #

    def _paynow_get_check_page(self):
        """Check that a guest could pay right now, by the same code as the page."""
        title = self.env._("The page")
        if obstacle := self._paynow_get_site_obstacle():
            return self._paynow_prepare_check(
                title, RED, obstacle, self._paynow_get_website_settings(), "website"
            )
        if not self.paynow_enabled:
            return self._paynow_prepare_check(
                title,
                AMBER,
                self.env._("Pay Now is off. Switch on Enable Pay Now above and save."),
            )
        state, sight = self._paynow_visit()
        if state == RED:
            return self._paynow_prepare_check(title, RED, sight)
        site_sudo = self._paynow_get_site_company()
        url = self.paynow_address
        where = (
            url if site_sudo.website_id.domain else "/PAYNOW",
            self.env._("Open the page"),
        )
        if not self._paynow_get_guest_options()[1]:
            where = (
                "/odoo/action-payment.action_payment_provider",
                self.env._("Payment Providers"),
            )
            return self._paynow_prepare_check(
                title,
                RED,
                self.env._(
                    "Nobody can pay at %(url)s now: no payment method is offered to"
                    " guests. Enable and publish a provider, and enable a payment"
                    " method of it.",
                    url=url,
                ),
                where,
                "payment.provider",
            )
        if not self._paynow_get_guest_options(self.currency_id)[1]:
            message = self.env._(
                "Nobody can pay in %(currency)s at %(url)s now: no payment method that"
                " is offered takes it.",
                currency=self.currency_id.name,
                url=url,
            )
            return self._paynow_prepare_check(title, AMBER, message, where)
        if not site_sudo._paynow_takes_lookups():
            message = self.env._(
                "At the present safety level clients pay at %(url)s by mailed links"
                " only.",
                url=url,
            )
            return self._paynow_prepare_check(title, AMBER, message, where)
        return self._paynow_prepare_check(title, state, sight, where)

    def _paynow_get_check_provider(self):
        """Check that a payment provider is live, and that each of them posts."""
        providers_sudo = self._paynow_get_providers_sudo()
        problems = {
            provider_sudo: problem
            for provider_sudo in providers_sudo
            if (problem := provider_sudo._paynow_get_problem())
        }
        good_sudo = providers_sudo.filtered(lambda p: p not in problems)
        shown_sudo = good_sudo.filtered("is_published")
        without_entry_sudo = good_sudo.filtered(
            # A wire transfer has no entry of its own: it is on the bank statement.
            lambda p: p.code != "custom" and p._paynow_posts_without_entry()
        )
        without_method_sudo = good_sudo.filtered(
            lambda p: not p.payment_method_ids.filtered("active")
        )
        good_sudo -= without_method_sudo
        shown_sudo -= without_method_sudo
        is_live = any(provider_sudo.state == "enabled" for provider_sudo in shown_sudo)
        is_fine = (
            is_live
            and not problems
            and not without_entry_sudo
            and not without_method_sudo
        )
        state = GREEN if is_fine else AMBER if good_sudo else RED
        sentences = []
        if not providers_sudo:
            sentences.append(self.env._("No payment provider is enabled: enable one."))
        for provider_sudo, problem in problems.items():
            sentences.append(
                self.env._(
                    "%(provider)s is not offered. %(problem)s",
                    provider=provider_sudo.name,
                    problem=problem,
                )
            )
        for provider_sudo in without_method_sudo:
            sentences.append(
                self.env._(
                    "%(provider)s has no payment method that is enabled: enable one.",
                    provider=provider_sudo.name,
                )
            )
        for provider_sudo in good_sudo:
            name = provider_sudo.name
            if provider_sudo not in shown_sudo:
                sentence = self.env._(
                    "%(provider)s is not published, so only employees see it. Publish"
                    " it for your clients.",
                    provider=name,
                )
            elif provider_sudo.state == "test":
                sentence = self.env._(
                    "%(provider)s is in test mode: no real money moves.", provider=name
                )
            else:
                sentence = self.env._("%(provider)s takes payments.", provider=name)
            sentences.append(sentence)
        for provider_sudo in without_entry_sudo:
            sentences.append(
                self.env._(
                    "Payments by %(provider)s are posted without a journal entry: its"
                    " line among the incoming payments of journal %(journal)s has no"
                    " outstanding receipts account. Set one. Until the bank statement"
                    " is reconciled, the invoice looks unpaid in the books; clients"
                    " are not asked for it again.",
                    provider=provider_sudo.name,
                    journal=provider_sudo.journal_id.name,
                )
            )
        return self._paynow_prepare_check(
            self.env._("Payment provider"),
            state,
            " ".join(sentences),
            (
                "/odoo/action-payment.action_payment_provider",
                self.env._("Payment Providers"),
            ),
            "payment.provider",
        )

    def _paynow_get_check_bank_payments(self):
        """Check that clients may pay from their bank account, which costs least."""
        title = self.env._("Bank payments (ACH)")
        currency = self.currency_id
        _providers, methods_sudo = self._paynow_get_guest_options(currency)
        bank_sudo = methods_sudo.filtered(lambda m: m.code in BANK_DEBIT_CODES)
        if bank_sudo:
            return self._paynow_prepare_check(
                title,
                GREEN,
                self.env._(
                    "%(methods)s is offered.",
                    methods=", ".join(bank_sudo.mapped("name")),
                ),
            )
        if currency.name != "USD":
            return self._paynow_prepare_check(
                title,
                GREEN,
                self.env._(
                    "Not needed: ACH is for US dollars, and your currency is"
                    " %(currency)s.",
                    currency=currency.name,
                ),
            )
        return self._paynow_prepare_check(
            title,
            AMBER,
            self.env._(
                "Clients can't pay from their bank account. Where your provider takes"
                " ACH Direct Debit, enable it among its payment methods."
            ),
            (
                "/odoo/action-payment.action_payment_method",
                self.env._("Payment Methods"),
            ),
            "payment.method",
        )

    # === GETTERS === #

    def _paynow_get_providers_sudo(self):
        """Return the payment providers of this company that are not disabled.

        :rtype: payment.provider
        """
        Provider_sudo = self.env["payment.provider"].sudo()
        # In sudo mode as not every administrator may read providers.
        return Provider_sudo.search(
            [*Provider_sudo._check_company_domain(self), ("state", "!=", "disabled")]
        )
