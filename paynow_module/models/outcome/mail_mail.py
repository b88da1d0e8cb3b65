# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class MailMail(models.Model):
    _inherit = "mail.mail"

    paynow_prints_receipt = fields.Boolean(
        string="With a printed receipt",
        help="The receipt is printed when this mail is sent.",
    )

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Override of `mail` to write first what payers did not wait for."""
        if not email_ids:
            # In sudo mode as whoever works the queue off may not read transactions.
            self.env["payment.transaction"].sudo()._paynow_mail_due(batch_size)
        return super().process_email_queue(email_ids=email_ids, batch_size=batch_size)

    def _send(self, auto_commit=False, **kwargs):
        """Override of `mail` to print receipts when their mails are sent.

        Printing takes a second, for which no payer shall wait, and may never end: each
        mail is sent once its receipt is printed, and printing is tried once, so that no
        mail keeps the others in the queue.
        """
        rest = self
        for mail in self.filtered("paynow_prints_receipt"):
            mail.paynow_prints_receipt = False
            if auto_commit:
                # As the queue does after each mail; if killed, it goes without.
                self.env.cr.commit()  # pylint: disable=invalid-commit
            mail._paynow_attach_receipt()
            super(MailMail, mail)._send(auto_commit=auto_commit, **kwargs)
            rest -= mail
        return not rest or super(MailMail, rest)._send(
            auto_commit=auto_commit, **kwargs
        )

    def _paynow_attach_receipt(self):
        """Attach the receipt as PDF; without one the mail is sent all the same."""
        self.ensure_one()
        tx_sudo = self.env["payment.transaction"].sudo().browse(self.res_id).exists()
        if not tx_sudo or not self.env["ir.actions.report"]._paynow_can_print():
            return
        try:
            with self.env.cr.savepoint():
                self.attachment_ids = tx_sudo._paynow_print_receipt()
        except Exception as error:  # noqa: BLE001  Whatever the printing is like.
            _logger.warning("No PDF of transaction %s: %s", tx_sudo.id, error)
            tx_sudo = tx_sudo._paynow_for_chatter()
            tx_sudo._log_message_on_linked_documents(
                tx_sudo.env._(
                    "The receipt was mailed without its PDF, which could not be"
                    " printed: %(reason)s",
                    reason=error,
                )
            )
