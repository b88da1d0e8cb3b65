# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from markupsafe import escape

from odoo import api, fields, models

from ...exceptions import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)


class PaynowAttempt(models.Model):
    """The secure links that clients asked for."""

    _inherit = "paynow.attempt"

    @api.model
    def _cron_secure_link(self):
        """Mail the secure links asked for, at most one an hour for an invoice."""
        template = self.env.ref("paynow_module.mail_template_secure_link")
        domain = [("kind", "=", "link_requested"), ("invoice_id", "!=", False)]
        requests = self.search([*domain, ("is_settled", "=", False)], order="id")
        for invoice, invoice_requests in requests.grouped("invoice_id").items():
            now = fields.Datetime.now()
            since = now - timedelta(hours=1)
            invoice_requests.is_settled = True
            if invoice.paynow_url and not self.search_count(
                [
                    *domain,
                    ("invoice_id", "=", invoice.id),
                    ("link_mailed_date", ">", since),
                ],
                limit=1,
            ):
                try:
                    with self.env.cr.savepoint():
                        invoice_requests[0].link_mailed_date = now
                        template.send_mail(
                            invoice.id,
                            email_values={"email_to": invoice._paynow_get_link_email()},
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
            self.env["ir.cron"]._commit_progress(1)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
