# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class AccountMove(models.Model):
    """What keeps an invoice from being charged although its day comes.

    The run asks under its lock, and all that names a day to the client asks the same.
    """

    _inherit = "account.move"

    paynow_autopay_reason = fields.Selection(
        selection_add=[
            ("authentication", "the bank wants the client to confirm the payment"),
            ("revoked", "the client revoked the authorization"),
            ("ended", "the client's authorization has ended"),
        ]
    )

    paynow_autopay_stop = fields.Char(
        string="Automatic payment is stopped because",
        compute="_compute_paynow_autopay_stop",
        compute_sudo=True,
        groups="base.group_user",  # Clients learn no more than that it is.
    )

    paynow_autopay_is_stopped = fields.Boolean(
        string="Automatic payment is stopped",
        compute="_compute_paynow_autopay_stop",
        compute_sudo=True,
    )

    @api.depends("paynow_autopay_date", "paynow_autopay_hold")
    def _compute_paynow_autopay_stop(self):
        for move in self:
            date = move.paynow_autopay_date
            reason = date and move._paynow_get_autopay_stop(date)
            move.paynow_autopay_stop = reason
            move.paynow_autopay_is_stopped = bool(reason)

    def _paynow_get_autopay_date(self):
        """Override to name no day while the payment is stopped, or a later one."""
        date = super()._paynow_get_autopay_date()
        if not date:
            return date
        invoice_sudo = self.sudo()  # Clients can't read holds and mandates.
        date = invoice_sudo._paynow_get_autopay_held_date(date)
        return False if invoice_sudo._paynow_get_autopay_stop(date) else date

    def _paynow_get_autopay_stop(self, day):
        """Return why this invoice is not charged on a day, if a person has to act.

        Reminders go on meanwhile. Another module can override it to name more reasons.

        :param datetime.date day: The day.
        :return: The reason, for staff; empty if nothing stops the payment.
        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        if company.paynow_autopay_stopped:
            return self.env._("Automatic payment is stopped for all clients.")
        client = self.commercial_partner_id.with_company(company)
        if client.paynow_autopay_stopped:
            return self.env._("Automatic payment is stopped for this client.")
        if not client.active:
            return self.env._("This client is archived.")
        if reason := self._paynow_get_autopay_hold():
            return reason
        mandate = self.paynow_autopay_id.mandate_id
        if mandate and not mandate._is_chargeable(day):
            return mandate._get_stop_words()
        if mandate.medium == "bank" and client._paynow_is_debit_stopped(company):
            # Authorized anew meanwhile, of whichever account: a person decides first.
            return self.env._("The bank has stopped another mandate of this client.")
        return ""

    def _paynow_is_autopay_stopped(self):
        """Tell whether the planned payment of this invoice is stopped for now.

        :rtype: bool
        """
        self.ensure_one()
        invoice_sudo = self.sudo()  # Clients learn no more than that it is.
        date = invoice_sudo.paynow_autopay_date
        return bool(date and invoice_sudo._paynow_get_autopay_stop(date))

    def _paynow_is_run_stopped(self, today):
        """Tell whether the run must leave this invoice alone; end what has ended.

        Whoever stops all, or a client, while the run is at it either waits for the run,
        or has it fail and look again.

        :param datetime.date today: The day, in the company's time zone.
        :rtype: bool
        """
        self.ensure_one()
        for table, record in (
            ("res_company", self.company_id),
            ("res_partner", self.commercial_partner_id),
        ):
            self.env.cr.execute(
                SQL(
                    "SELECT 1 FROM %s WHERE id = %s FOR SHARE",
                    SQL.identifier(table),
                    record.id,
                ),
                log_exceptions=False,  # The loser of a race is no error.
            )
        mandate = self.paynow_autopay_id.mandate_id
        if mandate.state == "stopped":
            mandate._tell_stopped()
        elif not mandate._is_chargeable(today):
            self.paynow_autopay_id._end("ended")
            return True
        if (
            self._paynow_get_autopay_stop(today)
            or self._paynow_get_autopay_held_date(today) > today
        ):
            return True
        if self.paynow_autopay_hold:  # Its day has come.
            self._paynow_autopay_unhold()
        return False

    def _paynow_autopay_resume(self):
        """Have the payments go on that were stopped, from tomorrow on.

        Nobody is charged by surprise: there is a day to see that it goes on.
        """
        for invoice in self.filtered("paynow_autopay_date"):
            invoice._paynow_lock()
            today = invoice.company_id._paynow_get_today()
            if invoice.paynow_autopay_date <= today:
                invoice.paynow_autopay_date = invoice._paynow_get_autopay_free_date(
                    today + timedelta(days=1)
                )
