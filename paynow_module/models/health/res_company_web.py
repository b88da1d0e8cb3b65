# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import urlsplit

from odoo import models
from odoo.http import request
from odoo.tools import config

from .res_company import AMBER, GREEN, RED


class ResCompany(models.Model):
    """The health of the set-up, as far as the website and its visitors go."""

    _inherit = "res.company"

    def _paynow_get_site_obstacle(self):
        """Return why there is no website on which clients of this company could pay.

        :return: The reason, and what to do; None if there is one.
        :rtype: str|None
        """
        self.ensure_one()
        site_sudo = self._paynow_get_site_company()
        if not site_sudo:
            message = self.env._(
                "This company has no website, so it has no page to pay on. Create a"
                " website of this company."
            )
            if self.sudo().parent_id:
                hint = self.env._(
                    "Or switch on, in the Pay Now Settings of the company above it,"
                    " that its website serves branches, too."
                )
                message = f"{message} {hint}"
            return message
        if site_sudo != self and not site_sudo.paynow_enabled:
            return self.env._(
                "The website of %(company)s serves this branch, but Pay Now is off"
                " there. Switch it on.",
                company=site_sudo.name,
            )
        if not self._paynow_get_site_url():
            return self.env._(
                "The website of this company has no domain, so its addresses lead to"
                " the website of another company. Set its domain."
            )
        return None

    def _paynow_get_guest_options(self, currency=None):
        """Return what the page offers to somebody who is not logged in.

        :param res.currency currency: The currency to pay in, if it matters.
        :return: See `_paynow_get_options` of `payment.provider`.
        :rtype: tuple[payment.provider, payment.method]
        """
        self.ensure_one()
        website_sudo = self._paynow_get_site_company().website_id
        Provider = self.env["payment.provider"]
        if website_sudo:  # Employees are offered more.
            Provider = Provider.with_user(website_sudo.user_id)
        return Provider._paynow_get_options(self, website_sudo, currency=currency)

    def _paynow_get_check_links(self):
        """Check that mails on invoices lead to the page."""
        if obstacle := self.paynow_email_links and self._paynow_get_site_obstacle():
            state, message = (
                RED,
                self.env._("Mails carry no link. %(reason)s", reason=obstacle),
            )
        elif self.paynow_email_links:
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
        if not self._paynow_get_site_company():
            return self._paynow_prepare_check(
                self.env._("Domain and https"), RED, self._paynow_get_site_obstacle()
            )
        url = self._paynow_get_site_url() or self.get_base_url()
        get_param = self.env["ir.config_parameter"].sudo().get_param
        state, sentences = GREEN, []
        if urlsplit(url).path.strip("/"):
            state = RED
            sentences.append(
                self.env._(
                    "Links in mails begin with %(url)s, but Odoo's pages lead to the"
                    " root of their host. Give Odoo a host of its own.",
                    url=url,
                )
            )
        if not url.startswith("https://"):
            is_trial = self.env["payment.provider"]._paynow_is_trial_database()
            state = AMBER if is_trial and state == GREEN else RED
            sentences.append(
                self.env._(
                    "Links in mails begin with %(url)s, which is not https. Set the"
                    " domain of the website.",
                    url=url,
                )
            )
        site_sudo = self._paynow_get_site_company()
        if not site_sudo.website_id.domain and not get_param("web.base.url.freeze"):
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

    def _paynow_get_check_policy(self):
        """Check that nothing unknown can run where somebody pays."""
        title = self.env._("Scripts beside the card")
        providers_sudo, _methods = self._paynow_get_guest_options()
        unknown_sudo = providers_sudo.filtered(lambda p: p._paynow_get_policy() is None)
        if unknown_sudo:
            return self._paynow_prepare_check(
                title,
                AMBER,
                self.env._(
                    "What the form of %(providers)s loads is not known here, so nothing"
                    " is kept off the pages that offer it. Whoever makes its module can"
                    " tell it: see docs/integrator.md.",
                    providers=", ".join(unknown_sudo.mapped("name")),
                ),
            )
        Script = self.env["paynow.script"]
        where = Script.has_access("read") and (
            "/odoo/action-paynow_module.paynow_script_action",
            self.env._("Scripts of the Page"),
        )
        if message := Script._get_doubt(self):
            return self._paynow_prepare_check(title, AMBER, message, where)
        return self._paynow_prepare_check(
            title,
            GREEN,
            self.env._(
                "Where somebody pays, browsers run the scripts of Pay Now, of Odoo and"
                " of your payment providers, and no others."
            ),
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
                "No captcha is set up. While strangers try numbers, the browsers of"
                " your clients work for some seconds before each look-up; with"
                " reCAPTCHA or Turnstile they need not."
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
