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
