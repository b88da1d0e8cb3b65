# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class PaynowMandate(models.Model):
    """What becomes of a mandate, by whom and why: its chatter keeps each change."""

    _name = "paynow.mandate"
    _inherit = ["paynow.mandate", "mail.thread"]

    state = fields.Selection(tracking=True)
    state_reason = fields.Char(tracking=True)

    def _authorize(self, company, partner, **values):
        """Override to have nobody follow what becomes of it, nor ask who might."""
        quiet_self = self.with_context(
            mail_create_nosubscribe=True, mail_create_nolog=True
        )
        return super(PaynowMandate, quiet_self)._authorize(company, partner, **values)

    def action_allow_again(self):
        """Open the dialog in which an accountant allows what a return has stopped.

        :rtype: dict
        """
        self._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allow again"),
            "res_model": "paynow.mandate.allow",
            "view_mode": "form",
            "target": "new",
            "context": {"default_mandate_id": self.id},
        }

    def action_revoke(self):
        """End these mandates, as their clients have asked to.

        :rtype: bool
        """
        self._check_manager()
        # In sudo mode as nobody may write on evidence.
        self.sudo()._revoke(
            self.env._("The client has asked %(user)s.", user=self.env.user.name)
        )
        return True

    def _allow_again(self, reason):
        """Let this client be debited again: these mandates, and all that stopped.

        :param str reason: What the client said, and to whom.
        """
        self._check_manager()
        self.ensure_one()
        stopped_sudo = self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("medium", "=", self.medium),
                ("state", "=", "stopped"),
            ]
        )  # In sudo mode as nobody may write on evidence.
        if self not in stopped_sudo:
            raise UserError(self.env._("This mandate is not stopped."))
        stopped_sudo.write(
            {
                "state": "active",
                "state_date": fields.Datetime.now(),
                "state_reason": self.env._("Allowed again: %(reason)s", reason=reason),
                "state_user_id": self.env.uid,
            }
        )

    def _check_manager(self):
        """Check that the user may decide on these mandates.

        :raise AccessError: If they may not.
        """
        if not self.env.user.has_group("account.group_account_manager"):
            raise AccessError(
                self.env._("Only accounting administrators may decide on mandates.")
            )
        self.check_access("read")
