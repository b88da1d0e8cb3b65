# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.http import request
from odoo.tools import config

from .res_company import AMBER, GREEN, RED


class ResCompany(models.Model):
    """The health of the set-up, as far as the website and its visitors go."""

    _inherit = "res.company"

    def _paynow_get_check_links(self):
        """Check that mails on invoices lead to the page."""
        if self.paynow_email_links:
            state, message = (
                GREEN,
                self.env._("Mails on invoices carry a Pay Invoice button."),
            )
        else:
            state, message = (
                AMBER,
                self.env._(
                    "Mails on invoices carry no link. Switch on Include Pay Now link in"
                    " organization emails below."
                ),
            )
        return self._paynow_prepare_check(self.env._("Links in mails"), state, message)

    def _paynow_get_check_address(self):
        """Check the address with which links begin."""
        url = self.get_base_url()
        get_param = self.env["ir.config_parameter"].sudo().get_param
        state, sentences = GREEN, []
        if not url.startswith("https://"):
            is_trial = self.env["payment.provider"]._paynow_is_trial_database()
            state = AMBER if is_trial else RED
            sentences.append(
                self.env._(
                    "Links in mails begin with %(url)s, which is not https. Set the"
                    " domain of the website.",
                    url=url,
                )
            )
        if not self.website_id.domain and not get_param("web.base.url.freeze"):
            state = AMBER if state == GREEN else state
            sentences.append(
                self.env._(
                    "The address of links in mails changes when an administrator logs"
                    " in under another one. Set the domain of the website, or the"
                    " system parameter web.base.url.freeze."
                )
            )
        return self._paynow_prepare_check(
            self.env._("Domain and https"),
            state,
            " ".join(sentences) or self.env._("Links begin with %(url)s.", url=url),
            state != GREEN and self._paynow_get_website_settings(),
            "website",
        )

    def _paynow_get_check_visitors(self):
        """Check that visitors are told apart by their own addresses."""
        address = request.httprequest.remote_addr if request else None
        headers = request.httprequest.headers if request else {}
        state = GREEN
        message = self.env._(
            "Each visitor is counted by their own address; yours is %(address)s.",
            address=address,
        )
        if headers.get("X-Forwarded-For") and not config["proxy_mode"]:
            state, message = (
                RED,
                self.env._(
                    "Odoo stands behind a proxy but is not told so: all visitors are"
                    " counted as one, %(address)s. Start Odoo with proxy_mode.",
                    address=address,
                ),
            )
        elif config["proxy_mode"] and request and not headers.get("X-Forwarded-Host"):
            state, message = (
                AMBER,
                self.env._(
                    "Odoo is started with proxy_mode, but no proxy sends"
                    " X-Forwarded-Host: visitors are counted as %(address)s.",
                    address=address,
                ),
            )
        return self._paynow_prepare_check(
            self.env._("Proxy and client addresses"), state, message
        )

    def _paynow_get_check_captcha(self):
        """Check that strangers can be kept at bay without closing look-ups."""
        title = self.env._("Captcha")
        if self._paynow_has_captcha():
            return self._paynow_prepare_check(
                title, GREEN, self.env._("A captcha keeps robots away.")
            )
        return self._paynow_prepare_check(
            title,
            AMBER,
            self.env._(
                "No captcha is set up. While strangers try numbers, look-ups close and"
                " only mailed links work; with reCAPTCHA or Turnstile they stay open."
            ),
            (
                "/odoo/action-base_setup.action_general_configuration",
                self.env._("Settings"),
            ),
            "ir.config_parameter",
        )

    def _paynow_get_website_settings(self):
        """Return where the domain of a website is set.

        :rtype: tuple[str, str]
        """
        return (
            "/odoo/action-website.action_website_configuration",
            self.env._("Website Settings"),
        )
