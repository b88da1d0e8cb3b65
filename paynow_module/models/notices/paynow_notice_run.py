# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import PAYABLE_TYPES
from ...exceptions import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

BATCH = 100  # Records looked for at once; each has a database transaction of its own.
TEMPLATES = {
    "past_due": "paynow_module.mail_template_past_due",
    "account_summary": "paynow_module.mail_template_account_summary",
}


class PaynowNotice(models.Model):
    """Who is owed a reminder or an account summary, and their making."""

    _inherit = "paynow.notice"

    # === CRONS === #

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
        domains = [self._get_owed_domain(kind, company) for company in companies]
        Model = self.env[self._get_owed_model(kind)]
        remaining = sum(Model.search_count(domain) for domain in domains)
        Cron._commit_progress(remaining=remaining)
        for company, domain in zip(companies, domains, strict=True):
            last_id = 0
            while ids := Model.search(
                domain & Domain("id", ">", last_id), order="id", limit=BATCH
            ).ids:
                # Not left to the hourly run; in the transaction of the first mail.
                self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
                for record_id in ids:
                    self._notify_or_note(kind, company, record_id)
                    seconds_left = Cron._commit_progress(1)
                if not seconds_left:
                    return  # The scheduler calls again for the rest.
                last_id = ids[-1]

    def _notify_or_note(self, kind, company, record_id):
        """Make one mail; undo it and note the reason if anything goes wrong.

        :param str kind: See the field.
        :param res.company company: The company that owes the mail.
        :param int record_id: The id of the invoice or client.
        """
        try:
            self._notify(kind, company, record_id)
            self.env.flush_all()
        except Exception as error:  # noqa: BLE001  One client doesn't stop the others.
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

    # === WHO IS OWED A MAIL === #

    @api.model
    def _get_owed_model(self, kind):
        """Return the model of the records that mails of a kind are about.

        :rtype: str
        """
        return "account.move" if kind == "past_due" else "res.partner"

    @api.model
    def _get_owed(self, kind, company):
        """Return the records about which mails of a kind would be made now.

        :param str kind: See the field.
        :param res.company company: The company that owes the mails.
        :return: The invoices or clients.
        :rtype: BaseModel
        """
        records = self.env[self._get_owed_model(kind)].with_company(company)
        return records.search(self._get_owed_domain(kind, company)).filtered(
            lambda record: not self._get_obstacle(kind, company, record)
        )

    @api.model
    def _get_owed_domain(self, kind, company):
        """Return the domain of the records that are owed a mail today.

        Whoever was looked at today is not any more, so that a run goes on where the
        last one was cut off.

        :param str kind: See the field.
        :param res.company company: The company that owes the mail.
        :rtype: Domain
        """
        if kind == "past_due":
            return self._get_past_due_domain(company)
        return self._get_summary_domain(company)

    @api.model
    def _get_past_due_domain(self, company):
        """Return the domain of the invoices that have reached a stage not yet mailed.

        What counts is the first instalment that is open. Of the stages that it has
        passed only the highest one counts; after one was mailed no lower one is, even
        if the clock or the due date is set back.

        :param res.company company: The company.
        :rtype: Domain
        """
        today = company._paynow_get_today()
        stages = company._paynow_get_stages()
        if not stages:
            return Domain.FALSE
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        self.flush_model()
        reached = SQL(
            "(SELECT MAX(stage) FROM UNNEST(%s) stage WHERE stage <= %s - item.since)",
            stages,
            today,
        )
        owed = SQL(
            """(
            SELECT item.move_id
              FROM (
                SELECT DISTINCT ON (line.move_id) line.id, line.move_id,
                       GREATEST(line.date_maturity, move.paynow_sent_date) AS since
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                 WHERE move.company_id = %(company)s
                   AND move.move_type IN %(types)s
                   AND move.state = 'posted'
                   AND move.payment_state IN ('not_paid', 'in_payment', 'partial')
                   AND line.display_type = 'payment_term'
                   AND line.reconciled IS NOT TRUE
                   AND line.amount_residual_currency > 0
                   AND line.date_maturity <= %(latest)s
                 ORDER BY line.move_id, line.date_maturity, line.id
                   ) item
             WHERE item.since <= %(latest)s
               AND NOT EXISTS (
                SELECT FROM paynow_notice notice
                 WHERE notice.kind = 'past_due'
                   AND notice.invoice_id = item.move_id
                   AND (notice.date >= %(today)s
                        OR notice.message_id IS NOT NULL
                       AND COALESCE(notice.line_id, item.id) = item.id
                       AND CASE WHEN notice.period ~ '^[0-9]+$'
                                THEN notice.period::int >= %(reached)s END)
                   )
            )""",
            company=company.id,
            types=tuple(PAYABLE_TYPES),
            latest=today - timedelta(days=stages[0]),
            reached=reached,
            today=today,
        )
        return Domain("id", "in", owed)

    @api.model
    def _get_summary_domain(self, company):
        """Return the domain of the clients to whom a summary is due and not yet mailed.

        :param res.company company: The company.
        :rtype: Domain
        """
        today = company._paynow_get_today()
        lines = self.env["account.move.line"]._search(
            [
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
                ("amount_residual", ">", 0),
            ]
        )
        mailed = Domain("message_id", "!=", False) & Domain(
            "date", ">=", company._paynow_get_summary_due()
        )
        notices = Domain(
            [("kind", "=", "account_summary"), ("company_id", "=", company.id)]
        ) & (mailed | Domain("date", ">=", today))
        # The client's, also where an entry names a contact.
        partners = self.env["res.partner"].with_context(active_test=False)
        partners = partners._search(
            Domain(
                "id", "in", lines.subselect(SQL.identifier(lines.table, "partner_id"))
            )
        )
        clients = SQL.identifier(partners.table, "commercial_partner_id")
        return Domain("id", "in", partners.subselect(clients)) & Domain(
            "paynow_notice_ids", "not any", notices
        )
