# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class ResPartner(models.Model):
    """Whether a client's bank account may be debited."""

    _inherit = "res.partner"

    def _paynow_is_debit_stopped(self, company):
        """Tell whether a bank has stopped a mandate of this client.

        :param res.company company: The company that is paid.
        :rtype: bool
        """
        self.ensure_one()
        # In sudo mode as clients can't read mandates.
        client_sudo = self.sudo().commercial_partner_id
        return bool(
            self.env["paynow.mandate"]
            .sudo()
            .search_count(
                [
                    ("company_id", "=", company.id),
                    ("partner_id", "=", client_sudo.id),
                    ("medium", "=", "bank"),
                    ("state", "=", "stopped"),
                ],
                limit=1,
            )
        )

    def action_paynow_mandates(self):
        """Open the mandates of this client.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "paynow_module.paynow_mandate_action"
        )
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        return action
