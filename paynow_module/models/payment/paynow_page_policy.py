# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from urllib.parse import urlsplit

from odoo import api, models

#: What our own pages need. Styles may stand in elements: Odoo's scripts put them there.
OWN = {
    "default-src": ("'self'",),
    "script-src": ("'self'",),
    # Odoo marks its bundles `onerror="__odooAssetError=1"`: that, and no other handler.
    "script-src-attr": (
        "'unsafe-hashes'",
        "'sha256-8yDIMBSmZv57Ba62SxKgyLxU6rUm3YRxan7K7J0owqQ='",
    ),
    "style-src": ("'self'", "'unsafe-inline'"),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'", "data:"),
    "connect-src": ("'self'",),
    "frame-src": ("'self'",),
    "form-action": ("'self'",),
    "object-src": ("'none'",),
    "base-uri": ("'none'",),
    "frame-ancestors": ("'self'",),
}
#: What holds on a page that offers a provider whose needs aren't known.
LEAST = ("object-src", "base-uri", "frame-ancestors")
#: What the captchas of Odoo need, by the parameter that holds the key of the page.
CAPTCHAS = {
    "recaptcha_public_key": {
        "script-src": ("https://www.recaptcha.net", "https://www.gstatic.cn"),
        "connect-src": ("https://www.recaptcha.net",),
        "frame-src": ("https://www.recaptcha.net",),
    },
    "cf.turnstile_site_key": {
        "script-src": ("https://challenges.cloudflare.com",),
        "frame-src": ("https://challenges.cloudflare.com",),
    },
}
#: No form of a provider needs these; `payment` is for wallets.
PERMISSIONS = (
    "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), usb=()"
)


class PaynowPage(models.AbstractModel):
    """What a page on which somebody pays may load, and from where."""

    _inherit = "paynow.page"

    @api.model
    def _prepare_policy(self, nonce, providers_sudo):
        """Prepare the headers that keep what is not known off a page.

        :param str nonce: What the scripts within the page are marked with.
        :param payment.provider providers_sudo: Those that the page offers.
        :return: The headers.
        :rtype: dict[str, str]
        """
        policies = [provider._paynow_get_policy() for provider in providers_sudo]
        get_param = self.env["ir.config_parameter"].sudo().get_param
        more = [policy for key, policy in CAPTCHAS.items() if get_param(key)]
        more.append(self._get_cdn_policy())
        sources = {name: list(own) for name, own in OWN.items()}
        sources["script-src"].append(f"'nonce-{nonce}'")
        for policy in [*filter(None, policies), *more]:
            for name, hosts in policy.items():
                sources[name] += [host for host in hosts if host not in sources[name]]
        headers = {
            "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
            "Permissions-Policy": PERMISSIONS,
        }
        if None in policies:
            headers["Content-Security-Policy-Report-Only"] = _spell(sources)
            sources = {name: OWN[name] for name in LEAST}
        return {**headers, "Content-Security-Policy": _spell(sources)}

    @api.model
    def _get_cdn_policy(self):
        """Return what the website has its own files served from, if not by itself.

        Odoo writes the addresses of scripts, styles, pictures and fonts so.

        :return: As `_paynow_get_policy` of a provider.
        :rtype: dict[str, tuple[str, ...]]
        """
        website = self.env["website"].get_current_website()
        url = urlsplit(website.cdn_activated and website.cdn_url or "")
        if not re.fullmatch(r"[\w.:-]+", url.netloc):
            return {}
        host = f"{url.scheme}://{url.netloc}" if url.scheme else url.netloc
        names = ("script-src", "style-src", "img-src", "font-src")
        return dict.fromkeys(names, (host,))


def _spell(sources):
    """Return a policy as browsers read it.

    :param dict sources: The sources of each directive.
    :rtype: str
    """
    return "; ".join(f"{name} {' '.join(hosts)}" for name, hosts in sources.items())
