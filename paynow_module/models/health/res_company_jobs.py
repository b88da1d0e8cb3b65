# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields, models
from odoo.tools import config

from .res_company import AMBER, GREEN, RED

LATE = timedelta(hours=1)  # A cron is called late after it.
RECENT = timedelta(days=7)  # Mails that failed longer ago are history.
CRONS = ("payment.cron_post_process_payment_tx", "paynow_module.ir_cron_watchdog")


class ResCompany(models.Model):
    """What has to run although nobody looks: scheduled actions and mails."""

    _inherit = "res.company"

    def _paynow_get_check_crons(self):
        """Check that payments are posted although their payers closed the browser."""
        crons_sudo = self.env["ir.cron"].sudo()
        for xmlid in CRONS:
            crons_sudo |= self.env.ref(xmlid).sudo()
            # In sudo mode as accounting administrators can't read crons.
        state, message = GREEN, self.env._("Payments are posted by themselves.")
        late_sudo = crons_sudo.filtered(
            lambda cron: cron.nextcall < fields.Datetime.now() - LATE
        )
        if off_sudo := crons_sudo.filtered(lambda cron: not cron.active):
            state, message = (
                RED,
                self.env._(
                    "Off: %(crons)s. Without it, payments stay unposted. Odoo switches"
                    " it on with a payment provider; else activate it.",
                    crons=", ".join(off_sudo.mapped("name")),
                ),
            )
        elif late_sudo:
            state, message = (
                AMBER,
                self.env._(
                    "Late: %(crons)s. Does the server run scheduled actions (option"
                    " max_cron_threads)?",
                    crons=", ".join(late_sudo.mapped("name")),
                ),
            )
        return self._paynow_prepare_check(
            self.env._("Posting of payments"),
            state,
            message,
            ("/odoo/action-base.ir_cron_act", self.env._("Scheduled Actions")),
            "ir.cron",
        )

    def _paynow_get_check_mail(self):
        """Check that receipts and notices leave the house."""
        title = self.env._("Outgoing mail")
        where = ("/odoo/action-base.action_ir_mail_server_list", self.env._("Servers"))
        # In sudo mode as accounting administrators can't read servers and mails.
        has_server = self.env["ir.mail_server"].sudo().search_count([], limit=1) or (
            config["smtp_server"] not in (False, "localhost")
        )
        failed = (
            self.env["mail.mail"]
            .sudo()
            .search_count(
                [
                    ("state", "=", "exception"),
                    ("create_date", ">", fields.Datetime.now() - RECENT),
                ]
            )
        )
        if not has_server:
            message = self.env._(
                "No outgoing mail server is set up: receipts may not arrive. Add one."
            )
        elif failed:
            message = self.env._(
                "%(count)s mails could not be sent in the last 7 days. Look at why.",
                count=failed,
            )
            where = ("/odoo/action-mail.action_view_mail_mail", self.env._("Emails"))
        elif not self.email:
            message = self.env._(
                "The company has no e-mail address, from which mails would come."
            )
            where = ("/odoo/action-base.action_res_company_form", self.env._("Company"))
        else:
            return self._paynow_prepare_check(
                title,
                GREEN,
                self.env._("A mail server is set up. “Send me the mails” tries it."),
            )
        return self._paynow_prepare_check(
            title, AMBER, message, where, "ir.mail_server"
        )

    def _paynow_get_check_print(self):
        """Check that receipts can be attached as PDF."""
        title = self.env._("Receipts as PDF")
        if self.env["ir.actions.report"]._paynow_can_print():
            return self._paynow_prepare_check(
                title, GREEN, self.env._("Receipts are mailed as PDF.")
            )
        return self._paynow_prepare_check(
            title,
            AMBER,
            self.env._(
                "Receipts are mailed without a PDF: Odoo can't print here. Install"
                " wkhtmltopdf on the server, and run it with two workers or more."
            ),
        )
