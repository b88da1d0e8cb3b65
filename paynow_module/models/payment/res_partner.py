# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class ResPartner(models.Model):
    """What all that we sign for a client rests on."""

    _inherit = "res.partner"

    paynow_link_key = fields.Integer(
        string="Pay Now links voided",
        help="How often the Pay Now links of this client were made void.",
        readonly=True,
        copy=False,
        groups="account.group_account_invoice",
    )

    def _increase_rank(self, field, n=1):
        """Override of `account` to read nothing of a client who has paid but the rank.

        Odoo writes it once all is committed, and looks before and after for changes of
        what is tracked, field by field; the rank is not.
        """
        if self.env.context.get("paynow_is_posting"):
            self = self.with_context(tracking_disable=True)
        return super()._increase_rank(field, n)
