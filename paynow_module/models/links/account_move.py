# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from ...invoice_number import read_number
from ...utils import read_signed, sign

LINK_SCOPE = "paynow_module.link"


class AccountMove(models.Model):
    """The link with which a client opens the page filled in, and the mails with it."""

    _inherit = "account.move"

    paynow_url = fields.Char(
        string="Pay Now link",
        compute="_compute_paynow_url",
        compute_sudo=True,  # To read the secret with which links are signed.
        help="The signed link that opens the Pay Now page with this invoice filled in;"
        " empty where the invoice can't be paid there.",
    )

    def _compute_paynow_url(self):
        for invoice in self:
            email = invoice._paynow_is_linkable() and (
                invoice._paynow_get_link_email() or invoice._paynow_get_only_email()
            )
            if not email:
                invoice.paynow_url = False
                continue
            token = sign(
                invoice,
                LINK_SCOPE,
                [invoice.id, invoice._paynow_hash_email(email)],
                timedelta(days=invoice.company_id.paynow_link_days),
            )
            # The configured domain, never that of the request.
            company = invoice.company_id
            site = company.website_id and invoice.get_base_url()
            site = site or company._paynow_get_site_url()
            invoice.paynow_url = f"{site}/PAYNOW?link={token}"

    def _paynow_is_linkable(self):
        """Tell whether a mail on this invoice may carry a link to pay it.

        :rtype: bool
        """
        self.ensure_one()
        return self.company_id._paynow_has_page() and self._paynow_is_open()

    def _paynow_get_link_email(self):
        """Return the address that a link fills in: the first of the invoice's partner.

        :rtype: str|bool
        """
        self.ensure_one()
        emails = self.partner_id._paynow_get_billing_emails()
        return emails[0] if emails else False

    def _paynow_get_only_email(self):
        """Return the one address at which somebody of the client may pay this invoice.

        Where the client has none for its invoices, and a clerk mails one to the only
        contact who has an address, the link is that contact's.

        :rtype: str|bool
        """
        self.ensure_one()
        emails = self._paynow_get_payer_emails()
        return emails.pop() if len(emails) == 1 else False

    @api.model
    def _paynow_read_link(self, company, token):
        """Override to read the links of our mails."""
        values = read_signed(self, LINK_SCOPE, token)
        if not values:
            return super()._paynow_read_link(company, token)
        invoice_sudo, email = self._paynow_resolve(company, *values)
        return (invoice_sudo, email) if email else None

    def _paynow_render_link(self):
        """Return the button to pay this invoice for a mail, the link beneath it.

        In the mail with the links to several invoices, those to the others follow.

        :return: The button; empty where the invoice can't be paid on the page, and
            where there is none: Odoo tries an edited template with any record.
        :rtype: Markup
        """
        url = self._paynow_get_button_url()
        if not url:
            return Markup()
        company_sudo = self.company_id[:1].sudo()  # Its mail colors are no secret.
        return self.env["ir.qweb"]._render(
            "paynow_module.mail_button",
            {
                "url": url,
                "others": self.browse(self.env.context.get("paynow_other_links", ())),
                "background": company_sudo.email_secondary_color or "#875A7B",
                "color": company_sudo.email_primary_color or "#FFFFFF",
            },
        )

    def _paynow_get_button_url(self):
        """Return the link of a mail's button: to the invoice, or to all of several.

        :return: The link; empty where there is none.
        :rtype: str
        """
        if len(self) < 2:
            return self.paynow_url if self else ""
        first = self[0]
        return first.commercial_partner_id._paynow_get_items_url(
            first.company_id, first._paynow_get_link_email(), first.currency_id
        )

    @api.model
    def _paynow_request_link(self, company, number, ip, is_known=False):
        """Note that a visitor asked to have a link mailed to whom an invoice belongs.

        The mail is made later, by the cron: whether there is an invoice must not show
        in the time that the answer takes.

        :param res.company company: The company of the website.
        :param str number: The number, as typed.
        :param str ip: The client's address.
        :param bool is_known: Whether it is a known client who asks.
        """
        invoices_sudo = self._paynow_find_sudo(company, read_number(number))
        self.env["paynow.attempt"]._log(
            company,
            "link_requested",
            number=number,
            ip=ip,
            is_known=is_known,
            invoice_id=invoices_sudo[:1].id,
        )
        self.env.ref("paynow_module.ir_cron_secure_link").sudo()._trigger()
