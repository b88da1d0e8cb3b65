# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

from ...const import PAYABLE_TYPES


class PaynowPage(models.AbstractModel):
    """How those who are logged in find the list of what they owe."""

    _inherit = "paynow.page"

    @api.model
    def _get_portal_items_url(self):
        """Return the address of the list for the client who is logged in.

        :return: The address; empty where Pay Now is off, or nothing of theirs is open.
        :rtype: str
        """
        company_sudo = self._get_site_company()
        user_sudo = self.env.user.sudo()  # As clients can't read their whole entity.
        client_sudo = user_sudo.partner_id.commercial_partner_id
        if not company_sudo.paynow_enabled or not self._get_client(
            company_sudo.id, client_sudo.id
        ):
            return ""
        # With the user's own rights, as the list behind it shows no more either.
        is_open = self.env["account.move"].search_count(
            [
                ("commercial_partner_id", "=", client_sudo.id),
                ("company_id", "=", company_sudo.id),
                ("move_type", "in", PAYABLE_TYPES),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "in_payment", "partial")),
                ("amount_residual", ">", 0),
            ],
            limit=1,
        )
        return self._get_items_url(company_sudo, client_sudo) if is_open else ""
