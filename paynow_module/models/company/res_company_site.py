# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import urlsplit

from odoo import fields, models


class ResCompany(models.Model):
    """On which website the invoices of a company are paid.

    That is its own. A branch without one has none, unless the company above it serves
    its branches: links that led to the website of another company would open nothing.
    """

    _inherit = "res.company"

    paynow_serves_branches = fields.Boolean(
        string="The website serves branches, too",
        help="Branches that have no website of their own and Pay Now switched on are"
        " paid on the website of this company.",
    )

    def _paynow_get_site_company(self):
        """Return the company on whose website invoices of this one are paid.

        :return: This company, one above it, or none; sudoed as not everybody may read
            the companies above their own.
        :rtype: res.company
        """
        self.ensure_one()
        company_sudo = self.sudo()
        if company_sudo.website_id:
            return company_sudo
        for parent_sudo in reversed(company_sudo.parent_ids - company_sudo):
            if parent_sudo.website_id:
                if parent_sudo.paynow_serves_branches:
                    return parent_sudo
                break  # The nearest one decides.
        return company_sudo.browse()

    def _paynow_get_served(self):
        """Return the companies whose invoices are paid on this company's website.

        :rtype: res.company
        """
        self.ensure_one()
        company_sudo = self.sudo()  # As above.
        if not company_sudo.paynow_serves_branches:
            return company_sudo
        branches_sudo = company_sudo.search(
            [
                ("id", "child_of", company_sudo.id),
                ("website_id", "=", False),
                ("paynow_enabled", "=", True),
            ]
        )
        return company_sudo + branches_sudo.filtered(
            lambda branch: branch._paynow_get_site_company() == company_sudo
        )

    def _paynow_get_site_url(self):
        """Return with what addresses of the pages begin for clients of this company.

        A website without a domain answers at the address of the database, unless that
        of another company does.

        :return: The address; empty if there is no page for these clients.
        :rtype: str
        """
        self.ensure_one()
        site_sudo = self._paynow_get_site_company().website_id
        if not site_sudo or site_sudo.domain:
            return site_sudo.domain or ""
        url = self.env["ir.config_parameter"].sudo().get_param("web.base.url") or ""
        website_id = site_sudo._get_current_website_id(urlsplit(url).netloc)
        answering_sudo = site_sudo.browse(website_id)
        return url if answering_sudo.company_id == site_sudo.company_id else ""

    def _paynow_has_page(self):
        """Tell whether invoices of this company can be paid on a page.

        :rtype: bool
        """
        self.ensure_one()
        company_sudo = self.sudo()  # A switch, no secret.
        return bool(
            company_sudo.paynow_enabled
            and company_sudo._paynow_get_site_company().paynow_enabled
            and company_sudo._paynow_get_site_url()
        )
