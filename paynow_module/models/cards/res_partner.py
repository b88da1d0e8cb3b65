# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class ResPartner(models.Model):
    """The saved cards of a client, for staff."""

    _inherit = "res.partner"

    paynow_token_ids = fields.Many2many(
        string="Saved Cards and Accounts",
        help="What this client and its contacts saved in the customer portal.",
        comodel_name="payment.token",
        compute="_compute_paynow_token_ids",
        groups="account.group_account_invoice",
    )

    def _compute_paynow_token_ids(self):
        tokens = self.env["payment.token"].search(
            [("partner_id", "child_of", self.commercial_partner_id.ids)],
            order="paynow_expiry_date, id",
        )
        for partner in self:
            partner.paynow_token_ids = tokens.filtered(
                lambda token, client=partner.commercial_partner_id: (
                    token.partner_id.commercial_partner_id == client
                )
            )
