# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re

from odoo import models

DEFAULT_BACKGROUND = "#875A7B"  # As in Odoo's own mails.
DEFAULT_COLOR = "#FFFFFF"


class ResCompany(models.Model):
    """How the mails of a company look and where they lead."""

    _inherit = "res.company"

    def _paynow_get_portal_url(self):
        """Return where *GO TO PORTAL* leads: to the LOG IN link, as a full address.

        :rtype: str
        """
        self.ensure_one()
        url = self.sudo()._paynow_get_login_button()["url"]  # Settings: no secret.
        site = self._paynow_get_site_url() or self.get_base_url()
        return f"{site}{url}" if url.startswith("/") else url

    def _paynow_get_mail_look(self):
        """Return what the layout of our mails shows of this company, as plain values.

        :return: The mail colors as `background` and `color`, `portal_url`, `logo_url`
            (falsy: its name stands there), the lines of its `address`, its `phone` as
            a telephone dials it, `lang` and `direction` as HTML names them.
        :rtype: dict
        """
        self.ensure_one()
        company_sudo = self.sudo()  # None of it is a secret, the mail tells it all.
        address = company_sudo.partner_id._display_address(without_company=True)
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return {
            "background": company_sudo.email_secondary_color or DEFAULT_BACKGROUND,
            "color": company_sudo.email_primary_color or DEFAULT_COLOR,
            "portal_url": self._paynow_get_portal_url(),
            "logo_url": not company_sudo.uses_default_logo
            and f"{self.get_base_url()}/logo.png?company={self.id}",
            "address": [part.strip() for part in address.split("\n") if part.strip()],
            "phone": re.sub(r"[^\d+]", "", company_sudo.phone or ""),
            "lang": (lang.code or "en_US").partition("@")[0].replace("_", "-"),
            "direction": lang.direction or "ltr",
        }
