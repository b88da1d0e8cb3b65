# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """The links of a client, once they are in wrong hands."""

    _inherit = "res.partner"

    def action_paynow_void_links(self):
        """Make all links void that these clients were mailed, and their open pages.

        :raise AccessError: If the user is no accounting administrator.
        """
        if not self.env.user.has_group("account.group_account_manager"):
            raise AccessError(
                self.env._("Only accounting administrators can make links void.")
            )
        self.check_access("write")
        for client in self.commercial_partner_id:
            client.paynow_link_key += 1
            client.message_post(
                body=self.env._(
                    "Pay Now: the links mailed to this client before are void now, to"
                    " invoices as to receipts."
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The links mailed before are void. The next mails have new ones."
                ),
            },
        }
