# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from odoo import api, fields, models

from ...exceptions import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

BATCH = 100  # Records after which the mail queue is called.
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
        """Make the mails of a kind that are owed, one database transaction each.

        :param str kind: See the field.
        :param str switch: The name of the switch on the company.
        """
        companies = self.env["res.company"].search(
            [("paynow_enabled", "=", True), (switch, "=", True)]
        )
        Cron = self.env["ir.cron"]
        Model = self.env[self._get_owed_model(kind)]
        owed = []
        for company in companies:
            # Asked for once: the answer takes as long as there are clients.
            domain = self._get_owed_domain(kind, company)
            owed.append((company, Model.search(domain, order="id").ids))
        Cron._commit_progress(remaining=sum(len(ids) for _company, ids in owed))
        is_cut = False
        for company, ids in owed:
            room = company._paynow_get_mail_room()
            for number, record_id in enumerate(ids):
                if not room:
                    is_cut = True
                    break
                if number % BATCH == 0:
                    # Not left to the hourly run; in the transaction of a mail.
                    self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
                room -= self._notify_or_note(kind, company, record_id)
                if not Cron._commit_progress(1):
                    return  # The scheduler calls again for the rest.
        if is_cut:
            self.env.ref(CRONS[kind])._trigger(fields.Datetime.now() + PAUSE)
            Cron._commit_progress(remaining=0)  # Or the scheduler calls at once.

    def _notify_or_note(self, kind, company, record_id):
        """Make one mail; undo it and note the reason if anything goes wrong.

        :param str kind: See the field.
        :param res.company company: The company that owes the mail.
        :param int record_id: The id of the invoice or client.
        :return: Whether the mail is queued now.
        :rtype: bool
        """
        try:
            is_queued = self._notify(kind, company, record_id).state == "queued"
            self.env.flush_all()
        except Exception as error:  # noqa: BLE001  One client doesn't stop the others.
            is_queued = False
            self.env.cr.rollback()
            _logger.warning("No %s notice for %s: %s", kind, record_id, error)
            if not isinstance(error, CONCURRENCY_ERRORS):  # Or the next run has it.
                record = self.env[self._get_owed_model(kind)].browse(record_id)
                try:
                    self._claim_for(kind, company, record)._fail(error)
                    self.env.flush_all()
                except Exception:  # The log has to do; the others go on.
                    self.env.cr.rollback()
                    _logger.exception("Can't note the failure of %s", record)
        self.env.invalidate_all()  # Memory stays flat over all clients.
        return is_queued

    def _notify(self, kind, company, record_id):
        """Make one mail, or note why it is not made now.

        :param str kind: See the field.
        :param res.company company: The company that owes the mail.
        :param int record_id: The id of the invoice or client.
        :return: The notice; empty if the mail is made already.
        :rtype: paynow.notice
        """
        record = self.env[self._get_owed_model(kind)].browse(record_id)
        record = record.with_company(company)
        notice = self._claim_for(kind, company, record)
        if notice:
            notice._fulfil()
        return notice

    def _fulfil(self):
        """Queue the mail of this claimed notice, or note why not."""
        self.ensure_one()
        record = (self.invoice_id or self.partner_id).with_company(self.company_id)
        if reason := self._get_obstacle(self.kind, self.company_id, record):
            self._skip(reason)
            if self.kind == "past_due" and reason == (
                record._paynow_get_credit_obstacle()
            ):
                record._paynow_tell_credit()
        else:
            template = self.env.ref(TEMPLATES[self.kind])
            self._queue(template, record, record._paynow_get_recipients())

    @api.model
    def _get_obstacle(self, kind, company, record):
        """Return why a mail is not made now, if so.

        :param str kind: See the field.
        :param res.company company: The company that owes the mail.
        :param BaseModel record: The invoice or client.
        :return: The reason, for staff; empty if nothing stands in the way.
        :rtype: str
        """
        if kind == "past_due":
            return record._paynow_get_reminder_obstacle()
        return record._paynow_get_summary_obstacle(company)

    def _claim_for(self, kind, company, record, by_hand=False):
        """Return the notice of the mail that a record is owed today, see `_claim`.

        A mail by hand is that one, too, so that no run can send both; where it was
        sent before, or none is due, it is one for the day.

        :param str kind: See the field.
        :param res.company company: The company that owes the mail.
        :param BaseModel record: The invoice or client.
        :param bool by_hand: Whether a person asked for it.
        :rtype: paynow.notice
        """
        today = company._paynow_get_today()
        client, invoice, line = record.commercial_partner_id, None, None
        if kind == "past_due":
            invoice = record
            period = str(record._paynow_get_stage(today) or "")
            if len(record._paynow_get_payable_lines()) > 1:
                items = record._paynow_get_dunned_items()
                line = items[0].line if items else None
        else:
            period = str(company._paynow_get_summary_due(today))
        notice = period and self._claim(kind, company, client, period, invoice, line)
        if by_hand and not notice:
            notice = self._claim(kind, company, client, f"{today} by hand", invoice)
        return notice or self.browse()
