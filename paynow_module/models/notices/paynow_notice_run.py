# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import time
from datetime import timedelta

from odoo import api, fields, models

from ...exceptions import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

LOT = 50  # Records of one database transaction, as many as Odoo renders at once.
MOST = 10_000  # Records of a job; its time is over sooner.
LONGEST = 30  # Seconds of a job; Odoo kills a worker after two minutes of jobs.
PAUSE = timedelta(minutes=5)  # Between two parts of a run that makes so many an hour.
TEMPLATES = {
    "past_due": "paynow_module.mail_template_past_due",
    "account_summary": "paynow_module.mail_template_account_summary",
}
CRONS = {
    "past_due": "paynow_module.ir_cron_past_due",
    "account_summary": "paynow_module.ir_cron_account_summary",
}


class PaynowNotice(models.Model):
    """The making of reminders and account summaries."""

    _inherit = "paynow.notice"

    @api.model
    def _cron_past_due(self):
        """Remind clients of their past due invoices, each stage once."""
        self._run("past_due", "paynow_past_due_enabled")

    @api.model
    def _cron_account_summary(self):
        """Mail the account summaries that are due, each once a period."""
        self._run("account_summary", "paynow_summary_enabled")

    @api.model
    def _run(self, kind, switch):
        """Make the mails of a kind that are owed, in lots.

        :param str kind: See the field.
        :param str switch: The name of the switch on the company.
        """
        companies = self.env["res.company"].search(
            [("paynow_enabled", "=", True), (switch, "=", True)]
        )
        Cron = self.env["ir.cron"]
        Model = self.env[self._get_owed_model(kind)]
        owed, start = [], time.monotonic()
        for company in companies:
            domain = self._get_owed_domain(kind, company, MOST)
            owed.append((company, Model.search(domain, order="id", limit=MOST).ids))
        # That takes as long as there are clients: so does the job, up to a limit.
        end = start + min(30 * (time.monotonic() - start), LONGEST)
        Cron._commit_progress(remaining=sum(len(ids) for _company, ids in owed))
        is_cut = any(len(ids) == MOST for _company, ids in owed)
        for company, ids in owed:
            room = company._paynow_get_mail_room()
            while ids and room:
                lot, ids = ids[: min(LOT, room)], ids[min(LOT, room) :]
                room -= self._notify_or_note(kind, company, lot)
                if not Cron._commit_progress() and time.monotonic() > end:
                    return self._go_on(kind, timedelta())
            is_cut = is_cut or bool(ids)
        if is_cut:
            self._go_on(kind, PAUSE)

    @api.model
    def _go_on(self, kind, later):
        """Have the scheduler go on with the rest of a run.

        For work that is left it would call again and again within one job, and each
        time it is asked who is owed a mail.

        :param str kind: See the field.
        :param datetime.timedelta later: After how much time.
        """
        self.env.ref(CRONS[kind])._trigger(fields.Datetime.now() + later)
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _notify_or_note(self, kind, company, ids):
        """Make the mails of a lot in one database transaction.

        If anything goes wrong, all is undone, and each is made in one of its own; what
        goes wrong there is noted.

        :param str kind: See the field.
        :param res.company company: The company that owes the mails.
        :param list[int] ids: The ids of the invoices or clients.
        :return: How many mails are queued now.
        :rtype: int
        """
        try:
            # Not left to the hourly run.
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
            notices = self._notify(kind, company, ids)
            self.env.flush_all()
            count = len(notices.filtered(lambda notice: notice.state == "queued"))
        except Exception as error:  # noqa: BLE001  One client doesn't stop the others.
            self.env.cr.rollback()
            if len(ids) > 1:
                return sum(self._notify_or_note(kind, company, [id_]) for id_ in ids)
            count = 0
            _logger.warning("No %s notice for %s: %s", kind, ids, error)
            if not isinstance(error, CONCURRENCY_ERRORS):  # Or the next run has it.
                record = self.env[self._get_owed_model(kind)].browse(ids)
                try:
                    self._claim_for(kind, company, record)._fail(error)
                    self.env.flush_all()
                except Exception:  # The log has to do; the others go on.
                    self.env.cr.rollback()
                    _logger.exception("Can't note the failure of %s", record)
        self.env.invalidate_all()  # Memory stays flat over all clients.
        self.env["ir.cron"]._commit_progress(len(ids))
        return count

    def _notify(self, kind, company, ids):
        """Make mails, or note why they are not made now.

        :param str kind: See the field.
        :param res.company company: The company that owes the mails.
        :param list[int] ids: The ids of the invoices or clients.
        :return: The notices; none of those whose mail is made already.
        :rtype: paynow.notice
        """
        records = self.env[self._get_owed_model(kind)].browse(ids)
        notices = self._claim_for(kind, company, records.with_company(company))
        notices._fulfil()
        return notices

    def _fulfil(self):
        """Queue the mails of these claimed notices, or note why not.

        They are of one kind and company.
        """
        if not self:
            return
        kind, company = self[0].kind, self.company_id
        notices = {
            notice.invoice_id or notice.partner_id: notice
            for notice in self.with_company(company)
        }
        Model = self.env[self._get_owed_model(kind)].with_company(company)
        records = Model.concat(*notices)
        obstacles = self._get_obstacles(kind, company, records)
        free = records.filtered(lambda record: not obstacles[record])
        recipients = free._paynow_get_recipients()
        mails = [(notices[record], record, recipients[record]) for record in free]
        for record in records - free:
            notice, reason = notices[record], obstacles[record]
            notice._skip(reason)
            if kind == "past_due" and reason == record._paynow_get_credit_obstacle():
                record._paynow_tell_credit()
        self._queue_all(self.env.ref(TEMPLATES[kind]), mails)

    @api.model
    def _get_obstacles(self, kind, company, records):
        """Return why mails are not made now, where that is so.

        :param str kind: See the field.
        :param res.company company: The company that owes the mails.
        :param BaseModel records: The invoices or clients.
        :return: The reason of each, for staff; empty if nothing stands in the way.
        :rtype: dict[BaseModel, str]
        """
        if kind == "account_summary":
            return records._paynow_get_summary_obstacles(company)
        return {invoice: invoice._paynow_get_reminder_obstacle() for invoice in records}

    def _claim_for(self, kind, company, records):
        """Return the notices of the mails that records are owed today, see `_claim`.

        :param str kind: See the field.
        :param res.company company: The company that owes the mails.
        :param BaseModel records: The invoices or clients.
        :rtype: paynow.notice
        """
        today = company._paynow_get_today()
        claims = []
        for record in records:
            client, invoice, line = record.commercial_partner_id, None, None
            if kind == "past_due":
                invoice = record
                period = str(record._paynow_get_stage(today) or "")
                if len(record._paynow_get_payable_lines()) > 1:
                    items = record._paynow_get_dunned_items()
                    line = items[0].line if items else None
            else:
                period = str(company._paynow_get_summary_due(today))
            if period:
                claims.append(
                    self._prepare_claim(kind, company, client, period, invoice, line)
                )
        return self._claim_all(claims)
