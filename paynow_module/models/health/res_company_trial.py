# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from smtplib import SMTPException

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ...const import PAYABLE_TYPES

SAMPLES = 50  # Of so many invoices, one can be paid; else there is no use in looking.


class ResCompany(models.Model):
    """The page and the mails on trial, as a client will see them."""

    _inherit = "res.company"

    def _paynow_get_sample_sudo(self):
        """Return an invoice to try the page with: the newest that can be paid.

        :rtype: account.move
        :raise UserError: If there is none.
        """
        self.ensure_one()
        if not self.paynow_enabled:
            raise UserError(self.env._("Switch on Enable Pay Now and save first."))
        if obstacle := self._paynow_get_site_obstacle():
            raise UserError(obstacle)
        invoices_sudo = (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.id),
                    ("move_type", "in", PAYABLE_TYPES),
                    ("state", "=", "posted"),
                    ("payment_state", "in", ("not_paid", "partial")),
                ],
                order="invoice_date desc, id desc",
                limit=SAMPLES,
            )
        )  # In sudo mode as a system administrator may not read invoices.
        for invoice_sudo in invoices_sudo:
            if invoice_sudo.paynow_url and invoice_sudo._paynow_get_payable():
                return invoice_sudo
        raise UserError(
            self.env._(
                "There is no open invoice of a client with an e-mail address yet."
                " Create one, for instance for yourself, confirm it and try again."
            )
        )

    def _paynow_get_sample_url(self):
        """Return the address of the page filled in with a sample invoice.

        Without a domain of its own, the website is the one that is looked at.

        :rtype: str
        """
        invoice_sudo = self._paynow_get_sample_sudo()
        url = invoice_sudo.paynow_url
        if self._paynow_get_site_company().website_id.domain:
            return url
        return url.removeprefix(self._paynow_get_site_url())

    def _paynow_send_samples(self, user):
        """Send a user the three mails, as clients would get them just now.

        Nothing of it is kept on the documents of the client.

        :param res.users user: The user.
        :return: How many were sent.
        :rtype: int
        :raise UserError: If there is nothing to send, or the mail server refuses.
        """
        invoice_sudo = self._paynow_get_sample_sudo()
        if not user.email:
            raise UserError(self.env._("Enter your own e-mail address first."))
        client_sudo = invoice_sudo.partner_id.commercial_partner_id
        samples = {
            "mail_template_invoice_delivery": invoice_sudo,
            "mail_template_past_due": invoice_sudo,
            "mail_template_account_summary": client_sudo,
        }
        count = 0
        for name, record_sudo in samples.items():
            template = self.env.ref(f"paynow_module.{name}", raise_if_not_found=False)
            if not template:  # The templates are the administrator's to delete, too.
                continue
            template_sudo = template.sudo()  # In sudo mode as the sample is.
            mail_sudo = template_sudo.with_company(self).send_mail_batch(
                record_sudo.ids,
                email_values={
                    "email_to": user.email_formatted,
                    "email_cc": False,
                    "recipient_ids": [],
                    "model": False,
                    "res_id": False,
                    "auto_delete": True,
                    "scheduled_date": False,
                },
            )
            mail_sudo.subject = self.env._(
                "[Sample] %(subject)s", subject=mail_sudo.subject
            )
            try:
                mail_sudo.send(raise_exception=True)
            except (MailDeliveryException, SMTPException, OSError) as error:
                reasons = [str(reason) for reason in error.args if reason]
                # What the system calls "[Errno 111] Connection refused".
                reason = re.sub(r"\[Errno -?\d+\] ", "", " ".join(reasons))
                raise UserError(
                    self.env._(
                        "The mail server did not take the mail: %(reason)s. Look at"
                        " Settings, Technical, Outgoing Mail Servers.",
                        reason=reason.rstrip(".") or type(error).__name__,
                    )
                ) from error
            count += 1
        return count
