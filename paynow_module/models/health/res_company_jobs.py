# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields, models

from .res_company import AMBER, GREEN, RED

LATE = timedelta(hours=1)  # A cron is called late after it.
SELDOM = timedelta(days=2)  # All that we look at runs once a day or more often.
CRONS = ("payment.cron_post_process_payment_tx", "paynow_module.ir_cron_watchdog")
#: What else is promised, and by which setting; that of automatic payment has a check of
#: its own.
PROMISES = {
    "mail.ir_cron_mail_scheduler_action": "paynow_enabled",
    "paynow_module.ir_cron_code": "paynow_enabled",
    "paynow_module.ir_cron_secure_link": "paynow_enabled",
    "paynow_module.ir_cron_past_due": "paynow_past_due_enabled",
    "paynow_module.ir_cron_account_summary": "paynow_summary_enabled",
    "paynow_module.ir_cron_card_expiring": "paynow_autopay_enabled",
    "paynow_module.ir_cron_autopay_notice": "paynow_autopay_enabled",
    "paynow_module.ir_cron_watch": "paynow_enabled",
    "account.ir_cron_account_move_send": "paynow_invoice_delivery_enabled",
    "base.autovacuum_job": "paynow_enabled",
}


class ResCompany(models.Model):
    """What has to run although nobody looks: scheduled actions, and printing."""

    _inherit = "res.company"

    def _paynow_get_check_crons(self):
        """Check that payments are posted although their payers closed the browser."""
        return self._paynow_prepare_cron_check(
            CRONS,
            self.env._("Posting of payments"),
            self.env._("Payments are posted by themselves."),
            lambda names: self.env._(
                "Off: %(crons)s. Without it, payments stay unposted. Odoo switches it"
                " on with a payment provider; else activate it.",
                crons=names,
            ),
        )

    def _paynow_get_check_promises(self):
        """Check that mails, codes and the daily look come when they should."""
        return self._paynow_prepare_cron_check(
            [xmlid for xmlid, switch in PROMISES.items() if self[switch]],
            self.env._("Other scheduled actions"),
            self.env._("What is switched on below happens by itself."),
            lambda names: self.env._(
                "Off: %(crons)s. What clients or you were promised stands still."
                " Activate it.",
                crons=names,
            ),
        )

    def _paynow_prepare_cron_check(self, xmlids, title, well, explain_off):
        """Return the check that scheduled actions are on, and on time.

        :param xmlids: Those of the actions.
        :param str title: What was looked at.
        :param str well: What to say where all are.
        :param callable explain_off: Says what it means that some are off, whose names
            it is given.
        :rtype: dict
        """
        crons_sudo, lost = self.env["ir.cron"].sudo(), []
        for xmlid in xmlids:
            if cron := self.env.ref(xmlid, raise_if_not_found=False):
                # In sudo mode as accounting administrators can't read crons.
                crons_sudo |= cron.sudo()
            else:
                lost.append(xmlid)  # An administrator has deleted it.
        state, message, now = GREEN, well, fields.Datetime.now()
        off_sudo = crons_sudo.filtered(lambda cron: not cron.active)
        late_sudo = crons_sudo.filtered(lambda cron: cron.nextcall < now - LATE)
        seldom_sudo = crons_sudo.filtered(lambda cron: cron.nextcall > now + SELDOM)
        if lost or off_sudo:
            names = [*off_sudo.mapped("name"), *lost]
            state, message = RED, explain_off(", ".join(names))
        elif seldom_sudo:
            state, message = (
                RED,
                self.env._(
                    "Put off: %(crons)s. Set their next execution to now, and let them"
                    " run every day or more often.",
                    crons=", ".join(seldom_sudo.mapped("name")),
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
            title,
            state,
            message,
            ("/odoo/action-base.ir_cron_act", self.env._("Scheduled Actions")),
            "ir.cron",
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
