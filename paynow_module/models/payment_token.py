# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class PaymentToken(models.Model):
    """What is known of a saved card."""

    _inherit = "payment.token"

    @api.model
    def _get_paynow_expiring_cards(self, company, partner):
        """Return the saved cards of a client that have expired or soon will.

        :param res.company company: The company that the cards are saved with.
        :param res.partner partner: The client, as the commercial partner.
        :return: One dict for each card, as {'is_expired': bool, 'type': str,
            'nickname': str, 'expiration': str ('6/2023')}, the first to expire first.
        :rtype: list[dict]
        """
        return []
