# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from markupsafe import escape

from odoo import api, fields, models

from ...exceptions import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

PAUSE = timedelta(hours=1)  # Between two mails on one invoice or to one recipient.
MAX_MAILS = 5  # To one recipient in a day, whoever asks for how many invoices.
MAX_LINKS = 20  # In one mail.


class PaynowAttempt(models.Model):
    """The secure links that clients asked for."""

    _inherit = "paynow.attempt"

    @api.model
    def _cron_secure_link(self):
        """Mail the secure links asked for: to each recipient those of all invoices.

        Anybody may ask, for any number: what it costs a recipient is a mail an hour at
        most, and five a day. What can't go yet goes later, in one mail.
        """
        domain = [("kind", "=", "link_requested"), ("invoice_id", "!=", False)]
        requests = self.search([*domain, ("is_settled", "=", False)], order="id")
        recipients = {}
        for invoice, invoice_requests in requests.grouped("invoice_id").items():
            was_mailed = self.search_count(
                [
                    *domain,
                    ("invoice_id", "=", invoice.id),
                    ("link_mailed_date", ">", fields.Datetime.now() - PAUSE),
                ],
                limit=1,
            )
            if invoice.paynow_url and not was_mailed:
                recipient = (invoice.company_id, invoice._paynow_get_link_email())
                recipients.setdefault(recipient, []).append(invoice_requests)
            else:
                invoice_requests.is_settled = True
        self.env["ir.cron"]._commit_progress(remaining=len(recipients))
        cron = self.env.ref("paynow_module.ir_cron_secure_link")
        for (company, email), theirs in recipients.items():
            key = self._prepare_keys({"email": email})["email_hash"]
            if date := self._get_next_link_date(company, key):
                cron._trigger(date)
            else:
                self._mail_links(email, key, theirs[:MAX_LINKS])
            self.env["ir.cron"]._commit_progress(1)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.model
    def _get_next_link_date(self, company, email_hash):
        """Return when the next mail with links may go to a recipient.

        :param res.company company: The company of the invoices.
        :param str email_hash: The hash of the address.
        :return: The time; None if one may go now.
        :rtype: datetime|None
        """
        now = fields.Datetime.now()
        mailed = self.search(
            [
                ("kind", "=", "link_requested"),
                ("email_hash", "=", email_hash),
                ("invoice_id.company_id", "=", company.id),
                ("link_mailed_date", ">", now - timedelta(days=1)),
            ]
        )
        # All links of one mail have one date.
        dates = sorted(set(mailed.mapped("link_mailed_date")), reverse=True)
        later = [dates[0] + PAUSE] if dates else []
        if len(dates) >= MAX_MAILS:
            later.append(dates[MAX_MAILS - 1] + timedelta(days=1))
        return max([date for date in later if date > now], default=None)

    @api.model
    def _mail_links(self, email, email_hash, requests):
        """Mail the links to some invoices in one mail.

        :param str email: The address of who gets it.
        :param str email_hash: Its hash.
        :param list[paynow.attempt] requests: Those for each invoice.
        """
        for invoice_requests in requests:
            invoice_requests.is_settled = True
        firsts = self.union(*(invoice_requests[:1] for invoice_requests in requests))
        invoice, others = firsts[0].invoice_id, firsts[1:].invoice_id
        template = self.env.ref("paynow_module.mail_template_secure_link")
        try:
            with self.env.cr.savepoint():
                firsts.write(
                    {
                        "email_hash": email_hash,
                        "link_mailed_date": fields.Datetime.now(),
                    }
                )
                template.with_context(paynow_other_links=others.ids).send_mail(
                    invoice.id,
                    email_values=invoice.company_id._paynow_prepare_mail(
                        template, email, invoice.invoice_user_id
                    ),
                )
        except CONCURRENCY_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001  The others get theirs.
            _logger.warning("No link for invoice %s: %s", invoice.id, error)
            staff_invoice = invoice._paynow_for_staff()
            staff_invoice._paynow_alert(
                staff_invoice.env._("Pay Now: secure link not mailed"),
                staff_invoice.env._(
                    "The client asked for a link to pay %(number)s by mail, but"
                    " the mail can't be made: %(reason)s Correct the"
                    " template “Pay Now: Secure Link”, then call the client.",
                    number=invoice.name,
                    reason=escape(str(error) or type(error).__name__),
                ),
            )
