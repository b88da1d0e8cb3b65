# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields, models

from .res_company import AMBER, GREEN, RED

LATE = timedelta(hours=1)  # A cron is called late after it.
CRONS = ("payment.cron_post_process_payment_tx", "paynow_module.ir_cron_watchdog")


class ResCompany(models.Model):
    """What has to run although nobody looks: scheduled actions, and printing."""

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
