# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMove(models.Model):
    """How whoever looks after an invoice hears of what went wrong with it."""

    _inherit = "account.move"

    def _paynow_for_staff(self):
        """Return this invoice in the language of whoever looks after it.

        :rtype: account.move
        """
        self.ensure_one()
        return self.with_context(lang=self._paynow_get_responsible().lang or "en_US")

    def _paynow_alert(self, summary, note):
        """Give whoever looks after this invoice an activity, if they have none yet.

        :param str summary: What happened, in their language.
        :param str|Markup note: The facts and the next step.
        """
        self.ensure_one()
        if summary not in self.activity_ids.mapped("summary"):
            self._paynow_schedule(
                self.company_id,
                self._paynow_get_responsible(),
                summary=summary,
                note=note,
            )

    def _paynow_get_responsible(self):
        """Return who looks after this invoice: its salesperson, else an accountant.

        :rtype: res.users
        """
        self.ensure_one()
        company = self.company_id
        if company._paynow_employs(self.invoice_user_id):
            return self.invoice_user_id
        return company._paynow_get_administrator()
