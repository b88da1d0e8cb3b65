# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.fields import Domain

# What is asked of the page; one that is not listed costs a query of its own.
PAGE_FIELDS = ("date_publish", "is_published", "url", "website_id")


class Website(models.Model):
    """The accessibility statement that a company can publish."""

    _inherit = "website"

    def _paynow_get_accessibility_url(self):
        """Return the address of this website's accessibility statement.

        :return: The address; False while the statement isn't published.
        :rtype: str | bool
        """
        return self._paynow_get_kept(
            ("accessibility", self.id), self._paynow_find_accessibility_url
        )

    def _paynow_find_accessibility_url(self):
        """Find what `_paynow_get_accessibility_url` keeps."""
        domain = Domain("key", "=", "paynow_module.accessibility")
        pages_sudo = (
            self.env["website.page"]
            .sudo()
            .search_fetch(domain & self.website_domain(), PAGE_FIELDS)
        )  # In sudo mode as visitors can't read what is not published.
        # The website's own one stands in place of that of all, published or not.
        page_sudo = (pages_sudo.filtered("website_id") or pages_sudo)[:1]
        return page_sudo.is_visible and page_sudo.url


class WebsitePage(models.Model):
    """A statement that is published, or isn't any more, is so at once."""

    _inherit = "website.page"

    def write(self, vals):
        """Override of `website` to keep nothing of what is published."""
        if {"is_published", "date_publish"} & set(vals):
            self.env.registry.clear_cache("templates")
        return super().write(vals)
