# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging

from psycopg2 import errors

from odoo import api, fields, models

from ...exceptions import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)


class PaynowNotice(models.Model):
    """One mail owed or sent. Its unique key is why no mail goes twice."""

    _name = "paynow.notice"
    _description = "Pay Now Notice"
    _order = "id desc"
    _rec_name = "key"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=[
            ("past_due", "Invoice past due"),
            ("account_summary", "Account summary"),
            ("card_expiring", "Card about to expire"),
            ("autopay_failed", "Automatic payment failed"),
        ],
        required=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        string="Client",
        comodel_name="res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    invoice_id = fields.Many2one(
        comodel_name="account.move",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    line_id = fields.Many2one(
        string="Instalment",
        comodel_name="account.move.line",
        help="The instalment that it is about, of an invoice that has several.",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    period = fields.Char(
        help="The stage or period for which the mail is due, such as 15 (days past"
        " due) or 2026-11.",
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("owed", "Owed"),
            ("skipped", "Skipped"),
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("failed", "Failed"),
        ],
        default="owed",
        required=True,
        readonly=True,
        index=True,
    )
    reason = fields.Char(help="Why it was skipped or failed.", readonly=True)
    date = fields.Date(
        help="The last day, for the company, on which it was looked at.", readonly=True
    )
    email = fields.Char(string="Sent to", readonly=True)
    message_id = fields.Char(
        string="Message-ID",
        help="What the mail is named by in bounces; once it is set, the mail is never"
        " made again but by hand.",
        readonly=True,
        index="btree_not_null",
    )
    mail_id = fields.Many2one(
        comodel_name="mail.mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _key_uniq = models.Constraint("unique(key)", "This mail is noted already.")

    @api.model
    def _claim(self, kind, company, partner, period, invoice=None, line=None):
        """Return the notice of a mail, ready to be queued or skipped by the caller.

        What was skipped earlier is returned again, and so is what failed before a mail
        was made. The notice is locked for this database transaction; the mail must be
        queued in the same one.

        :param str kind: One of the selection.
        :param res.company company: The company that owes the mail.
        :param res.partner partner: The client, as the commercial partner.
        :param str period: See the field.
        :param account.move invoice: The invoice that it is about, if it is about one.
        :param account.move.line line: The instalment of it, if it has several.
        :return: The notice; empty if the mail is queued or sent, or somebody else is
            at it.
        :rtype: paynow.notice
        """
        claim = self._prepare_claim(kind, company, partner, period, invoice, line)
        return self._claim_all([claim])

    @api.model
    def _prepare_claim(self, kind, company, partner, period, invoice=None, line=None):
        """Return the values of the notice of a mail; see `_claim`.

        :rtype: dict
        """
        key = f"{kind}:{company.id}:{partner.id}:{invoice.id if invoice else 0}"
        return {
            "key": f"{key}:{line.id}:{period}" if line else f"{key}:{period}",
            "kind": kind,
            "company_id": company.id,
            "partner_id": partner.id,
            "invoice_id": invoice.id if invoice else False,
            "line_id": line.id if line else False,
            "period": period,
            "date": company._paynow_get_today(),
        }

    @api.model
    def _claim_all(self, claims):
        """Return the notices of mails, as `_claim` does of one.

        :param list[dict] claims: The values of each, see `_prepare_claim`.
        :rtype: paynow.notice
        """
        missing = {claim["key"]: claim for claim in claims}
        found = self.search([("key", "in", list(missing))])
        claimed = found.try_lock_for_update().filtered(
            lambda n: n.state not in ("queued", "sent") and not n.message_id
        )
        for notice in found:
            values = missing.pop(notice.key)
            if notice in claimed:
                notice.date = values["date"]
        try:
            with self.env.cr.savepoint():
                return claimed + self.create(list(missing.values()))
        except errors.UniqueViolation:  # Another worker was faster.
            if len(missing) < 2:
                return claimed
        for values in missing.values():
            claimed += self._claim_all([values])
        return claimed

    def _queue(self, template, record, email):
        """Queue the mail of this notice; note the reason if it can't be made.

        :param mail.template template: What to render.
        :param BaseModel record: The record to render it for.
        :param str email: The recipients, separated by commas.
        :return: Whether it is queued.
        :rtype: bool
        """
        self.ensure_one()
        self._queue_all(template, [(self, record, email)])
        return self.state == "queued"

    @api.model
    def _queue_all(self, template, mails):
        """Queue mails of one kind and company; note of each why it can't be made.

        They are rendered at once, which takes half as long; where one can't be, each by
        itself.

        :param mail.template template: What to render.
        :param list mails: The notice, the record to render it for, and the recipients,
            separated by commas, of each.
        """
        if not mails:
            return
        company = mails[0][0].company_id
        template = template.with_company(company).with_context(
            paynow_is_reminder=mails[0][0].kind == "past_due"
        )
        try:
            with self.env.cr.savepoint():
                values = {
                    record.id: notice._prepare_email_values(template, email)
                    for notice, record, email in mails
                }
                made = template.with_context(paynow_mail_values=values).send_mail_batch(
                    list(values), email_values={"recipient_ids": []}
                )
                for (notice, _record, email), mail in zip(mails, made, strict=True):
                    notice.write(
                        {
                            "state": "queued",
                            "reason": False,
                            "email": email,
                            "mail_id": mail.id,
                            "message_id": mail.message_id,
                        }
                    )
        except CONCURRENCY_ERRORS:  # The next run has it.
            raise
        except Exception as error:  # noqa: BLE001  Of rendering; the others go on.
            if len(mails) > 1:
                for mail in mails:
                    self._queue_all(template, [mail])
                return
            notice = mails[0][0]
            _logger.warning("Notice %s can't be mailed: %s", notice.id, error)
            notice._fail(error)

    def _prepare_email_values(self, template, email):
        """Return the values of the mail that the template doesn't decide on.

        Reminders say where to opt out of them in the way that mail programs offer as a
        button (RFC 8058); their templates have the same link.

        :param mail.template template: The template.
        :param str email: The recipients, separated by commas.
        :rtype: dict
        """
        user = self.invoice_id.invoice_user_id or self.partner_id.user_id
        values = self.company_id._paynow_prepare_mail(template, email, user)
        if self.invoice_id and "reply_to" in values:
            # Where there is a catch-all, answers come to the invoice by way of it.
            Thread = self.env["mail.thread"].with_company(self.company_id)
            values["reply_to"] = Thread._notify_get_reply_to(
                default=values["reply_to"], author_id=self.company_id.partner_id.id
            )[False]
        is_optional = self.kind in ("past_due", "account_summary")
        if is_optional and (
            url := self.partner_id._paynow_get_opt_out_url(self.company_id)
        ):
            values["headers"] = repr(
                {
                    "List-Unsubscribe": f"<{url}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                }
            )
        return values

    def _fail(self, error):
        """Note what went wrong.

        :param Exception error: What was raised.
        """
        while error.__cause__:  # Of a template, the rest is its source.
            error = error.__cause__
        self.write({"state": "failed", "reason": str(error) or repr(error)})

    def _skip(self, reason):
        """Note why this mail is not sent now.

        :param str reason: The reason, for staff.
        """
        self.write({"state": "skipped", "reason": reason})
