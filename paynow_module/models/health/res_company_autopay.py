# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models

from .res_company import GREEN, RED
from .res_company_jobs import LATE, SELDOM

CRON = "paynow_module.ir_cron_autopay"


class ResCompany(models.Model):
    """Whether what clients were promised of automatic payments is kept."""

    _inherit = "res.company"

    def _paynow_get_health(self):
        """Override to look at automatic payments where they are offered."""
        checks = super()._paynow_get_health()
        if self.paynow_enabled and self.paynow_autopay_enabled:
            checks.insert(-1, self._paynow_get_check_autopay())
        return checks

    def _paynow_get_check_autopay(self):
        """Check that automatic payments run; say loudly if somebody stopped them."""
        title = self.env._("Automatic payment")
        if self.paynow_autopay_stopped:
            message = self.env._(
                "All automatic payments are stopped: nobody is charged, and clients are"
                " told no day. Switch off Stop all automatic payments to go on."
            )
            return self._paynow_prepare_check(title, RED, message)
        now, cron = fields.Datetime.now(), self.env.ref(CRON, raise_if_not_found=False)
        # In sudo mode as accounting administrators can't read crons.
        cron_sudo = (cron or self.env["ir.cron"]).sudo()
        if cron_sudo.active and now - LATE <= cron_sudo.nextcall <= now + SELDOM:
            return self._paynow_prepare_check(
                title, GREEN, self.env._("Invoices are charged on their day.")
            )
        return self._paynow_prepare_check(
            title,
            RED,
            self.env._(
                "%(cron)s is off or late, so nobody is charged on the day that our"
                " mails name. Activate it; or look whether the server runs scheduled"
                " actions.",
                cron=cron_sudo.name or CRON,
            ),
            ("/odoo/action-base.ir_cron_act", self.env._("Scheduled Actions")),
            "ir.cron",
        )
