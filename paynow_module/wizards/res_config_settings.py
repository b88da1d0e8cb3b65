# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class ResConfigSettings(models.TransientModel):
    _name = "res.config.settings"
    _inherit = ["res.config.settings", "paynow.settings.mixin"]

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Override of `base` to show the settings as the page of their own does.

        What another module adds to that page stands here, too.
        """
        arch, view = super()._get_view(view_id, view_type, **options)
        for block in arch.xpath("//block[@id='paynow_settings']"):
            own_view = self.env.ref("paynow_module.paynow_settings_view_form")
            own_arch, _view = self.env["paynow.settings"]._get_view(own_view.id)
            block.extend(own_arch.xpath("//setting"))
        return arch, view
