# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from collections import defaultdict
from datetime import timedelta
from fnmatch import fnmatchcase

from odoo import models
from odoo.exceptions import UserError

from ...utils import sign
from ..links.account_move import LINK_SCOPE
from ..payment.paynow_page_policy import CAPTCHAS
from .visitor import OWN, SETTINGS, Visitor

#: What decides which scripts run on a page, and who learns of it.
HEADERS = (
    "Cache-Control",
    "Content-Security-Policy",
    "Content-Security-Policy-Report-Only",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
)
POLICY = "Content-Security-Policy"
FINE = "200"  # What is noted of the page when it opens as it should.
OTHER = "200, another page"  # If it is not ours, though nothing is said to be wrong.
MINUTES = 10  # For which the link works with which the page is opened.
OWNERS = {
    "recaptcha_public_key": "Google reCAPTCHA",
    "cf.turnstile_site_key": "Cloudflare Turnstile",
}


class ResCompany(models.Model):
    """What runs on the page on which somebody pays, seen as a visitor sees it."""

    _inherit = "res.company"

    def _paynow_look(self):
        """Open the page on which clients pay, as one of them would.

        It is the checkout of the newest invoice that can be paid; without one, the page
        that takes its place, within the same frame. No row may be locked meanwhile: the
        page is made in a transaction of its own.

        :return: What was seen, and whether it should be a checkout.
        :rtype: tuple[Sight, bool]
        """
        self.ensure_one()
        path, is_checkout = self._paynow_get_watched_path()
        return Visitor(self._paynow_get_site_url()).look(path), is_checkout

    def _paynow_explain(self, sight, is_checkout):
        """Return what was seen, and whose it is.

        :param Sight sight: See `_paynow_look`.
        :param bool is_checkout: Whether it should be a checkout.
        :return: What was found, by its kind and name, as fields of `paynow.script`: its
            'value' and its 'owner'; only the page itself where it does not open. And
            whether nothing that runs where somebody pays can be missing.
        :rtype: tuple[dict[tuple[str, str], dict], bool]
        """
        self.ensure_one()
        is_fine = sight.page.xpath("//div[@id='wrap'][@class='o_paynow']") and (
            sight.page.xpath("//*[@id='o_payment_form']") or not is_checkout
        )
        answer = OTHER if str(sight.status) == FINE else sight.status
        entries = [("page", "/PAYNOW", "Pay Now", FINE if is_fine else answer)]
        if is_fine:
            known = self._paynow_get_known_policies()
            # With a provider that isn't known, the policy of a checkout is another one.
            is_unknown = any(policy is None for *_more, policy in known)
            sources = defaultdict(set)
            for _kind, _owner, _code, policy in known:
                for name, hosts in (policy or {}).items():
                    sources[name].update(hosts)
            entries += [
                ("addons", "ir.module.module", "Odoo", self._paynow_get_addons()),
                *_list_known_scripts(known),
                *_list_headers(
                    sight.headers,
                    sources,
                    with_policy=is_checkout or not is_unknown,
                ),
                *self._paynow_list_scripts(sight.scripts, sources["script-src"]),
            ]
        # Two of one name are one entry with two values: none hides behind another.
        found = defaultdict(lambda: {"owner": set(), "value": set()})
        for kind, name, owner, value in entries:
            found[kind, name]["owner"].add(owner)
            found[kind, name]["value"].add(str(value))
        return {
            key: {name: " ".join(sorted(parts)) for name, parts in values.items()}
            for key, values in found.items()
        }, bool(is_fine and is_checkout)

    def _paynow_get_watched_path(self):
        """Return what a client opens, and whether it is a checkout.

        The link works for some minutes only, as it stands in the log of the server.

        :rtype: tuple[str, bool]
        """
        try:
            invoice_sudo = self._paynow_get_sample_sudo()
        except UserError:
            return "/PAYNOW/checkout/x", False
        email = (
            invoice_sudo._paynow_get_link_email()
            or invoice_sudo._paynow_get_only_email()
        )
        token = sign(
            invoice_sudo,
            LINK_SCOPE,
            [invoice_sudo.id, invoice_sudo._paynow_hash_email(email)],
            timedelta(minutes=MINUTES),
        )
        return f"/PAYNOW?link={token}", True

    def _paynow_get_known_policies(self):
        """Return whose scripts the page may load once somebody chooses a method.

        :return: The kind, the owner, the code and the policy of each; see
            `_paynow_get_policy`.
        :rtype: list[tuple[str, str, str, dict|None]]
        """
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return [
            ("provider", provider_sudo.name, provider_sudo.code, policy)
            for provider_sudo in self._paynow_get_guest_options()[0]
            for policy in [provider_sudo._paynow_get_policy()]
        ] + [
            ("captcha", OWNERS[key], key, policy)
            for key, policy in CAPTCHAS.items()
            if get_param(key)
        ]

    def _paynow_get_addons(self):
        """Return what changes whenever add-ons are installed, updated or removed.

        :rtype: str
        """
        # In sudo mode as accounting administrators can't read modules.
        Module = self.env["ir.module.module"].sudo()
        [(date, count)] = Module._read_group(
            [("state", "=", "installed")], [], ["write_date:max", "__count"]
        )
        return f"{count}, {date}"

    def _paynow_list_scripts(self, scripts, hosts):
        """Return whose the scripts of a page are.

        :param list[Script] scripts: The scripts.
        :param set[str] hosts: Whose scripts it may load; they are listed by themselves.
        :return: The kind, the name, the owner and the value of each.
        :rtype: Iterator[tuple[str, str, str, str]]
        """
        for address, name, value in scripts:
            if not address:
                is_ours = name == "web.layout.odooscript" or name.startswith(SETTINGS)
                kind, owner = ("inline", "Odoo") if is_ours else ("other", "")
                yield kind, name, owner, value
            elif address.netloc:
                origin = f"{address.scheme}://{address.netloc}"
                if not any(fnmatchcase(origin, host) for host in hosts):
                    yield "other", name, "", value
            elif address.path.startswith("/web/assets/"):
                # Its address changes with each update; its name doesn't.
                yield "bundle", address.path.rpartition("/")[2], "Odoo", value
            elif module := re.match(r"/(\w+)/static/", address.path):
                module_sudo = self.env["ir.module.module"].sudo()  # As above.
                module_sudo = module_sudo.search([("name", "=", module[1])])
                yield "file", address.path, module_sudo.shortdesc or module[1], value
            else:
                yield "other", name, "", value


def _list_known_scripts(known):
    """Return whose scripts the page may load.

    :param list known: See `_paynow_get_known_policies`.
    :return: The kind, the name, the owner and the value of each.
    :rtype: Iterator[tuple[str, str, str, str]]
    """
    for kind, owner, code, policy in known:
        if policy is None:
            yield "other", code, owner, OWN
        else:
            for host in policy.get("script-src", ()):
                yield kind, host, owner, OWN


def _list_headers(headers, known, with_policy):
    """Return what the headers say, whatever providers the one invoice is offered.

    :param Mapping[str, str] headers: All headers of the page.
    :param dict[str, set] known: What the policy allows to providers, by directive.
    :param bool with_policy: Whether its policy is that of a checkout.
    :return: The kind, the name, the owner and the value of each.
    :rtype: Iterator[tuple[str, str, str, str]]
    """
    for name in HEADERS:
        value = headers.get(name)
        if value and name.startswith(POLICY):
            if not with_policy:
                continue
            directives = {}
            for directive in filter(str.strip, value.split(";")):
                key, *sources = directive.split()
                directives[key] = [
                    source
                    for source in sources
                    if not source.startswith("'nonce-") and source not in known[key]
                ]
            value = "; ".join(" ".join([k, *v]) for k, v in directives.items())
        if value:
            yield "header", name, "Pay Now", value
