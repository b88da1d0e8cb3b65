# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, models
from odoo.tools.misc import consteq

from ...utils import read_signed, sign

LINK_SCOPE = "paynow_module.autopay"
LINK_VALIDITY = timedelta(days=730)  # As those to opt out of reminders.


class PaynowAutopay(models.Model):
    """The links in mails by which a client stops or pauses without a login."""

    _inherit = "paynow.autopay"

    def _get_notice_email(self, invoice=None):
        """Return the address to which mails about this choice go.

        :param account.move invoice: The invoice, if the mail is about one.
        :return: That of who made the choice, as long as it is one of the client's, else
            the one for invoices; False if there is none.
        :rtype: str|bool
        """
        self.ensure_one()
        email = self.mandate_id.email
        if email and email in self.partner_id._paynow_get_client_emails():
            return email
        partner = invoice.partner_id if invoice else self.partner_id
        emails = partner._paynow_get_billing_emails()
        return emails[0] if emails else False

    def _get_link(self, action, invoice=None):
        """Return the link with which whoever gets a mail does one thing.

        :param str action: `stop` this choice, or `pause` it for the invoice.
        :param account.move invoice: The invoice, if the mail is about one.
        :return: The address; empty if the company has no page.
        :rtype: str
        """
        self.ensure_one()
        site = self.company_id._paynow_get_site_url()
        email = self._get_notice_email(invoice)
        if not site or not email:
            return ""
        digest = self.partner_id._paynow_hash_client(self.company_id, email)
        values = [self.id, invoice.id if invoice else 0, digest]
        token = sign(self, LINK_SCOPE, values, LINK_VALIDITY)
        return f"{site}/PAYNOW/autopay/{action}?choice={token}"

    @api.model
    def _read_link(self, company, token):
        """Return the choice and the invoice of a link, if it is genuine and still true.

        :param res.company company: The company of the website.
        :param str token: The token, as sent by the client.
        :return: The sudoed choice, which may have ended, and invoice, possibly empty;
            None if the token is none, of another company's client, or made for an
            address that is no longer one of the client's.
        :rtype: tuple[paynow.autopay, account.move]|None
        """
        autopay_id, invoice_id, digest = read_signed(self, LINK_SCOPE, token) or (
            0, 0, "",
        )  # fmt: skip
        # In sudo mode as visitors can't read choices and invoices.
        autopay_sudo = self.sudo().browse(autopay_id).exists()
        invoice_sudo = self.env["account.move"].sudo().browse(invoice_id).exists()
        if not autopay_sudo or autopay_sudo.company_id not in (
            company.sudo()._paynow_get_served()
        ):
            return None
        client_sudo = autopay_sudo.partner_id
        if invoice_sudo and invoice_sudo.commercial_partner_id != client_sudo:
            return None
        owed_sudo = autopay_sudo.company_id
        for email in client_sudo._paynow_get_client_emails():
            if consteq(client_sudo._paynow_hash_client(owed_sudo, email), digest):
                return autopay_sudo, invoice_sudo
        return None
