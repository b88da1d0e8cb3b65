# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .paynow_notice_run import TEMPLATES


class PaynowNotice(models.Model):
    """Mails that a person asks for."""

    _inherit = "paynow.notice"

    def _notify_by_hand(self, kind, company, client, invoice=None):
        """Make one mail that a person asked for, at most one a day.

        :param str kind: See the field.
        :param res.company company: The company.
        :param res.partner client: The client, as the commercial partner.
        :param account.move invoice: The invoice that it is about, if it is about one.
        :return: The notice; empty if one was made today.
        :rtype: paynow.notice
        """
        today = company._paynow_get_today()
        record = invoice or client
        domain = Domain(
            [
                ("kind", "=", kind),
                ("company_id", "=", company.id),
                ("partner_id", "=", client.id),
                ("invoice_id", "=", invoice.id if invoice else False),
                ("message_id", "!=", False),
                ("date", "=", today),
            ]
        )
        if self.search_count(domain, limit=1):
            return self.browse()
        # It is the one that is due, so that no run sends it, too; where that was sent
        # before, or none is due, one for the day.
        notice = self._claim_for(kind, company, record.with_company(company))
        notice = notice or self._claim(
            kind, company, client, f"{today} by hand", invoice
        )
        if notice:
            notice._fulfil()
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return notice

    def _show_result(self, count):
        """Tell the person who asked for mails what became of them.

        :param int count: For how many records they were asked.
        :raise UserError: If it was one, and there is a reason not to send it.
        :return: The client action.
        :rtype: dict
        """
        queued = self.filtered(lambda notice: notice.state == "queued")
        if count == 1 and not queued:
            raise UserError(
                self.reason or self.env._("This mail was sent today already.")
            )
        message = (
            self.env._("The mail is on its way to %(email)s.", email=queued.email)
            if count == 1
            else self.env._(
                "%(count)s of %(total)s mails are on their way. The list of notices"
                " says why the others are not.",
                count=len(queued),
                total=count,
            )
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if queued else "warning",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_resend(self):
        """Make the mails anew, whatever became of them.

        :raise UserError: If it is one, and there is a reason not to send it.
        :rtype: dict
        """
        self.check_access("read")
        for notice_sudo in self.sudo():  # In sudo mode as nobody may write notices.
            self.env.invalidate_all()  # The last summary of a client counts.
            if notice_sudo.kind not in TEMPLATES:
                raise UserError(
                    self.env._("Only reminders and account summaries are sent again.")
                )
            if notice_sudo.mail_id.state == "outgoing":
                raise UserError(self.env._("This mail is still on its way."))
            notice_sudo.write({"message_id": False, "mail_id": False, "state": "owed"})
            notice_sudo.date = notice_sudo.company_id._paynow_get_today()
            notice_sudo._fulfil()
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return self.sudo()._show_result(len(self))
