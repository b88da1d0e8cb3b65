# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every
from odoo.tools.constants import PREFETCH_MAX

from ...const import PAYABLE_TYPES


class PaynowNotice(models.Model):
    """Who is owed a reminder or an account summary."""

    _inherit = "paynow.notice"

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
        records = records.search(self._get_owed_domain(kind, company))
        owed = records.browse()
        for lot in split_every(PREFETCH_MAX, records.ids, records.browse):
            obstacles = self._get_obstacles(kind, company, lot)
            owed += lot.filtered(lambda record: not obstacles[record])  # noqa: B023
        return owed

    @api.model
    def _get_owed_domain(self, kind, company, most=None):
        """Return the domain of the records that are owed a mail today.

        Whoever was looked at today is not any more, so that a run goes on where the
        last one was cut off.

        :param str kind: See the field.
        :param res.company company: The company that owes the mail.
        :param int most: How many of the lowest ids are wanted, if not all; that takes
            less time.
        :rtype: Domain
        """
        if kind == "past_due":
            return self._get_past_due_domain(company, most)
        return self._get_summary_domain(company)

    @api.model
    def _get_past_due_domain(self, company, most=None):
        """Return the domain of the invoices that have reached a stage not yet mailed.

        What counts is the first instalment that is open. Of the stages that it has
        passed only the highest one counts; after one was mailed no lower one is, even
        if the clock or the due date is set back.

        :param res.company company: The company.
        :param int most: See `_get_owed_domain`.
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
             ORDER BY item.move_id LIMIT %(most)s
            )""",
            company=company.id,
            types=tuple(PAYABLE_TYPES),
            latest=today - timedelta(days=stages[0]),
            reached=reached,
            most=most,
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
