# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

from ..payment.payment_provider import BANK_DEBIT_CODES


class PaymentProvider(models.Model):
    """Which methods a client is offered whose bank has stopped a mandate."""

    _inherit = "payment.provider"

    @api.model
    def _paynow_get_options(
        self, company, website, partner=None, amount=0.0, currency=None, report=None
    ):
        """Override to take no bank debit until a person has decided, only the rest.

        Each debit that a bank returns as not authorized counts against the company with
        its own bank: who pays meanwhile takes a card, or a transfer.
        """
        providers_sudo, methods_sudo = super()._paynow_get_options(
            company,
            website,
            partner=partner,
            amount=amount,
            currency=currency,
            report=report,
        )
        debits_sudo = methods_sudo.filtered(lambda m: m.code in BANK_DEBIT_CODES)
        if partner and debits_sudo and partner._paynow_is_debit_stopped(company):
            methods_sudo -= debits_sudo
        return providers_sudo, methods_sudo
