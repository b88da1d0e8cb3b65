# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.http import request
from odoo.tools import config


class ResCompany(models.Model):
    """What an administrator should know of the set-up of the page."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    def _get_paynow_notes(self):
        """Return what keeps payments from working well here, each with what to do.

        To add a check, override this method and append to its result.

        :return: The notes, one sentence or two each.
        :rtype: list[str]
        """
        self.ensure_one()
        return [
            *self._get_paynow_provider_notes(),
            *self._get_paynow_address_notes(),
            *self._get_paynow_visitor_notes(),
        ]

    def _get_paynow_provider_notes(self):
        """Return the notes on payment providers.

        :rtype: list[str]
        """
        providers_sudo = (
            self.env["payment.provider"]
            .sudo()
            .search(
                [
                    *self.env["payment.provider"]._check_company_domain(self),
                    ("state", "!=", "disabled"),
                ]
            )
        )  # In sudo mode as not every administrator may read providers.
        if not providers_sudo:
            return [self.env._("No payment provider is enabled: enable one.")]
        return [
            self.env._(
                "%(provider)s is not offered. %(problem)s",
                provider=provider_sudo.name,
                problem=problem,
            )
            for provider_sudo in providers_sudo
            if (problem := provider_sudo._get_paynow_problem())
        ]

    def _get_paynow_address_notes(self):
        """Return the notes on the address with which links in mails begin.

        :rtype: list[str]
        """
        notes = []
        if not self.website_id:
            notes.append(
                self.env._(
                    "This company has no website, so it has no page to pay on. Create"
                    " a website of this company."
                )
            )
        url = self.get_base_url()
        get_param = self.env["ir.config_parameter"].sudo().get_param
        if not url.startswith("https://"):
            notes.append(
                self.env._(
                    "Links in mails begin with %(url)s, which is not https. Set the"
                    " domain of the website.",
                    url=url,
                )
            )
        if not self.website_id.domain and not get_param("web.base.url.freeze"):
            notes.append(
                self.env._(
                    "The address of links in mails changes when an administrator logs"
                    " in under another one. Set the domain of the website, or the"
                    " system parameter web.base.url.freeze."
                )
            )
        return notes

    def _get_paynow_visitor_notes(self):
        """Return the notes on how visitors are told apart and kept at bay.

        :rtype: list[str]
        """
        notes = []
        if not self._paynow_has_captcha():
            notes.append(
                self.env._(
                    "No captcha is set up. While strangers try numbers, look-ups close"
                    " and only mailed links work; with reCAPTCHA or Turnstile they"
                    " stay open."
                )
            )
        headers = request.httprequest.headers if request else {}
        if headers.get("X-Forwarded-For") and not config["proxy_mode"]:
            notes.append(
                self.env._(
                    "Odoo stands behind a proxy but is not told so: all visitors are"
                    " counted as one, %(address)s. Start Odoo with proxy_mode.",
                    address=request.httprequest.remote_addr,
                )
            )
        elif config["proxy_mode"] and request and not headers.get("X-Forwarded-Host"):
            notes.append(
                self.env._(
                    "Odoo is started with proxy_mode, but no proxy sends"
                    " X-Forwarded-Host: visitors are counted as %(address)s.",
                    address=request.httprequest.remote_addr,
                )
            )
        return notes
