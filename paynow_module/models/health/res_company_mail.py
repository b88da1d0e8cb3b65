# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields, models
from odoo.tools import config, str2bool

from .res_company import AMBER, GREEN

RECENT = timedelta(days=7)  # Mails that failed longer ago are history.
SOON = timedelta(hours=1)  # A mail to the payer is written within it.
# Nothing listens there (RFC 2606); a neutralized database has such a server only.
NOWHERE = "invalid"


class ResCompany(models.Model):
    """Whether receipts and notices leave the house."""

    _inherit = "res.company"

    def _paynow_get_check_mail(self):
        """Check that there is a way out, and that it is not blocked."""
        where = ("/odoo/action-base.action_ir_mail_server_list", self.env._("Servers"))
        mails = ("/odoo/action-mail.action_view_mail_mail", self.env._("Emails"))
        state, message = AMBER, None
        get_param = self.env["ir.config_parameter"].sudo().get_param
        if str2bool(get_param("database.is_neutralized", ""), False):
            message = self.env._(
                "This is a neutralized copy of a database: no mail leaves it."
            )
        elif not self._paynow_has_mail_server():
            message = self.env._(
                "No outgoing mail server is set up: receipts may not arrive. Add one."
            )
        elif failed := self._paynow_count_failed_mails():
            where = mails
            message = self.env._(
                "%(count)s mails could not be sent in the last 7 days. Look at why.",
                count=failed,
            )
        elif waiting := self._paynow_count_waiting_mails():
            where = mails
            message = self.env._(
                "%(count)s mails wait, as the mail server does not take them: they are"
                " tried again for a day. Look at why.",
                count=waiting,
            )
        elif unwritten := self._paynow_count_unwritten_mails():
            message = self.env._(
                "%(count)s mails to payers could not be written. The server's log says"
                " why; they are tried again.",
                count=unwritten,
            )
            where = None
        elif not self.email:
            message = self.env._(
                "The company has no e-mail address, from which mails would come."
            )
            where = ("/odoo/action-base.action_res_company_form", self.env._("Company"))
        else:
            state, where = GREEN, None
            message = self.env._(
                "A mail server is set up. “Send me the mails” tries it."
            )
        return self._paynow_prepare_check(
            self.env._("Outgoing mail"), state, message, where, "ir.mail_server"
        )

    def _paynow_has_mail_server(self):
        """Tell whether mails have a server to go to.

        :rtype: bool
        """
        # In sudo mode as accounting administrators can't read servers.
        servers_sudo = self.env["ir.mail_server"].sudo().search([("active", "=", True)])
        if not servers_sudo:
            return config["smtp_server"] not in (False, "localhost")
        return any(
            (host or "").rpartition(".")[2] != NOWHERE
            for host in servers_sudo.mapped("smtp_host")
        )

    def _paynow_count_failed_mails(self):
        """Return how many mails could not be sent of late.

        :rtype: int
        """
        domain = [
            ("state", "=", "exception"),
            ("create_date", ">", fields.Datetime.now() - RECENT),
        ]
        return self.env["mail.mail"].sudo().search_count(domain)  # As above.

    def _paynow_count_waiting_mails(self):
        """Return how many mails of ours the mail server has not taken so far.

        :rtype: int
        """
        domain = [("state", "=", "outgoing"), ("paynow_tried_date", "!=", False)]
        return self.env["mail.mail"].sudo().search_count(domain)  # As above.

    def _paynow_count_unwritten_mails(self):
        """Return how many payers of this company should have been written to by now.

        :rtype: int
        """
        domain = [
            ("paynow_is_mail_due", "=", True),
            ("company_id", "child_of", self.id),
            ("last_state_change", "<", fields.Datetime.now() - SOON),
        ]
        return self.env["payment.transaction"].sudo().search_count(domain)  # As above.
