# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

from ...utils import format_money


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def _paynow_format(self, amount):
        """Return an amount as the language of the context writes it.

        :param float amount: The amount in this currency.
        :rtype: str
        """
        self.ensure_one()
        return format_money(amount, self, self.env.lang)
