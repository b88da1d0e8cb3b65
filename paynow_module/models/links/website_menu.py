# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

from .res_company import PAGE


class WebsiteMenu(models.Model):
    _inherit = "website.menu"

    @api.depends("url", "website_id.company_id.paynow_enabled")
    def _compute_visible(self):
        """Override of `website` to hide the entry of a page that is switched off."""
        result = super()._compute_visible()
        for menu in self:
            # In sudo mode as visitors can't read the settings of a company.
            if (
                menu.url == PAGE
                and not menu.website_id.company_id.sudo().paynow_enabled
            ):
                menu.is_visible = False
        return result

    def _paynow_translate_name(self):
        """Write the name of the entry in each language of the website."""
        self.ensure_one()
        for lang in self.website_id.language_ids:
            menu = self.with_context(lang=lang.code)
            menu.name = menu.env._("Pay Bills Online")
