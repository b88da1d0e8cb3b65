# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

from odoo.addons.payment import utils as payment_utils


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    @api.model
    def _paynow_get_options(
        self, company, website, partner=None, amount=0.0, currency=None, report=None
    ):
        """Return the providers and payment methods that Pay Now offers here.

        These are those that Odoo offers for the same company, website, country, currency
        and amount, without the providers that insist on storing the payment method.

        To offer fewer, override this method and filter its result; the transaction route
        accepts nothing that is not in it.

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
        providers_sudo = self.sudo()._get_compatible_providers(
            company.id,
            partner_id,
            amount,
            currency_id=currency_id,
            website_id=website.id,
            report=report,
        )  # In sudo mode to read the fields of providers and partner (if logged out).
        storing_sudo = providers_sudo.filtered(lambda p: p._is_tokenization_required())
        payment_utils.add_to_report(
            report,
            storing_sudo,
            available=False,
            reason=self.env._("insists on storing the payment method"),
        )
        providers_sudo -= storing_sudo
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
        return providers_sudo, methods_sudo
