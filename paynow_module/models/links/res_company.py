# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from markupsafe import Markup

from odoo import api, fields, models

PAGE = "/PAYNOW"
# A button that looks the same on any website, whatever its styles.
BUTTON = Markup(
    '<a href="{url}" style="display:inline-block;padding:12px 24px;border-radius:6px;'
    "background:{background};color:{color};font-weight:bold;"
    'text-decoration:none">{label}</a>'
)


class ResCompany(models.Model):
    """How clients find the page: the website's menu, a button elsewhere, a QR code."""

    _inherit = "res.company"

    paynow_menu = fields.Boolean(
        string="Entry in the website's menu",
        compute="_compute_paynow_menu",
        inverse="_inverse_paynow_menu",
        help="The menu of each website of this company has an entry Pay Bills Online."
        " It can be renamed and moved there as any other.",
    )
    paynow_address = fields.Char(
        string="Address of the page", compute="_compute_paynow_address"
    )
    paynow_html = fields.Char(
        string="Button for other websites",
        compute="_compute_paynow_address",
        help="The HTML of a button that leads to the page, for a website that is not"
        " made with Odoo.",
    )
    paynow_qr_enabled = fields.Boolean(
        string="QR code on printed invoices",
        help="Invoices that can be paid online are printed with a QR code that opens"
        " the Pay Now page.",
    )
    paynow_qr_target = fields.Selection(
        string="The QR code opens",
        selection=[
            ("number", "The page with the invoice number filled in"),
            ("link", "The page filled in, as the link in mails does"),
        ],
        default="number",
        required=True,
        help="With the link, whoever holds the paper sees what is still to pay.",
    )

    @api.depends("website_id")
    def _compute_paynow_menu(self):
        for company in self:
            company.paynow_menu = bool(company._paynow_get_menus_sudo())

    def _inverse_paynow_menu(self):
        for company in self:
            menus_sudo = company._paynow_get_menus_sudo()
            if not company.paynow_menu:
                menus_sudo.unlink()
                continue
            websites_sudo = company._paynow_get_websites_sudo() - menus_sudo.website_id
            for website_sudo in websites_sudo:
                menus_sudo.create(
                    {
                        "name": "Pay Bills Online",
                        "url": PAGE,
                        "parent_id": website_sudo.menu_id.id,
                        "website_id": website_sudo.id,
                    }
                )._paynow_translate_name()

    @api.depends("website_id.domain", "parent_id")
    def _compute_paynow_address(self):
        for company in self:
            site = company._paynow_get_site_url()
            company.paynow_address = site and f"{site}{PAGE}"
            company.paynow_html = site and BUTTON.format(
                url=f"{company.paynow_address}?source=button",
                background=company.email_secondary_color or "#875A7B",
                color=company.email_primary_color or "#FFFFFF",
                label=self.env._("Pay Bills Online"),
            )

    def _paynow_get_websites_sudo(self):
        """Return the websites of this company.

        :rtype: website
        """
        self.ensure_one()
        Website_sudo = self.env["website"].sudo()
        # In sudo mode as accounting administrators can't change websites.
        return Website_sudo.search([("company_id", "=", self.id)])

    def _paynow_get_menus_sudo(self):
        """Return the entries of the page in the menus of this company's websites.

        :rtype: website.menu
        """
        Menu_sudo = self.env["website.menu"].sudo()  # In sudo mode as above.
        return Menu_sudo.search(
            [
                ("website_id", "in", self._paynow_get_websites_sudo().ids),
                ("url", "=", PAGE),
            ]
        )
