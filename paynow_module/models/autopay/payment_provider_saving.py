# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class PaymentProvider(models.Model):
    """With which providers a guest may save a payment method."""

    _inherit = "payment.provider"

    @api.model
    def _paynow_get_saving_options(self, company, website, partner, currency):
        """Return what Pay Now offers here that can be saved, and charged later.

        :param res.company company: See `_paynow_get_options`, as the others.
        :return: The sudoed providers and payment methods.
        :rtype: tuple[payment.provider, payment.method]
        """
        providers_sudo, methods_sudo = self._paynow_get_options(
            company, website, partner=partner, currency=currency
        )
        providers_sudo = providers_sudo.filtered("allow_tokenization")
        methods_sudo = methods_sudo.filtered(
            lambda method: (
                method.support_tokenization and method.provider_ids & providers_sudo
            )
        )
        return providers_sudo & methods_sudo.provider_ids, methods_sudo
