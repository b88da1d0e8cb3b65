# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class Website(models.Model):
    """The accessibility statement that a company can publish."""

    _inherit = "website"

    def _paynow_get_accessibility_url(self):
        """Return the address of this website's accessibility statement.

        :return: The address; False while the statement isn't published.
        :rtype: str | bool
        """
        pages = self._get_website_pages([("key", "=", "paynow_module.accessibility")])
        return pages.filtered("is_visible")[:1].url
