# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from urllib.parse import urlencode

from odoo import api, models
from odoo.http import request

from ...utils import normalize_email
from .paynow_page_arrival import MAX_KEPT
from .res_partner_client import Client

CLIENTS_KEY = "paynow_clients"
TICKS = ("all", "overdue")  # What a link to the list may want ticked there.


class PaynowPage(models.AbstractModel):
    """Whose open invoices a browser may see: by a mailed link, a code or a login."""

    _inherit = "paynow.page"

    @api.model
    def _keep_client(self, company, client, token, source):
        """Keep that a browser came with the token of a client's list.

        :param res.company company: The company to which the client owes.
        :param res.partner client: The client.
        :param str token: See `_paynow_sign_client` of `res.partner`.
        :param str source: Where it stood, as a source of `paynow.attempt`.
        """
        key = f"{company.id}-{client.id}"
        kept = {**request.session.get(CLIENTS_KEY, {})}
        kept.pop(key, None)  # The latest come last.
        kept[key] = [token, source]
        request.session[CLIENTS_KEY] = dict([*kept.items()][-MAX_KEPT:])

    @api.model
    def _get_items_url(self, company, client):
        """Return the address of the list of what a client owes a company.

        It is of use to no browser but the client's own.

        :param res.company company: The company.
        :param res.partner client: The client.
        :rtype: str
        """
        return f"/PAYNOW/items/{company.id}/{client.id}"

    @api.model
    def _has_client_of(self, invoice_sudo):
        """Tell whether a browser came with a good token of the list of an invoice.

        Most came with none: then the invoice isn't even read.

        :param account.move invoice_sudo: The invoice.
        :rtype: bool
        """
        kept = request.session.get(CLIENTS_KEY)
        if not kept:
            return False
        company, client = invoice_sudo.company_id, invoice_sudo.commercial_partner_id
        return f"{company.id}-{client.id}" in kept and bool(
            self._get_client(company.id, client.id)
        )

    @api.model
    def _receive_client(self, company, token, currency=None, tick=None):
        """Exchange the mailed link to a client's list for an address of ours.

        :param res.company company: The company of the website.
        :param str token: The token of the link.
        :param str currency: The code of the currency that the list opens with.
        :param str tick: What is ticked there, see `TICKS`.
        """
        named = self.env["res.partner"]._paynow_read_client(company, token)
        if not named:
            return self._render_expired()
        owed_sudo, client_sudo, _email = named
        self._keep_client(owed_sudo, client_sudo, token, "mail")
        # Nothing of a stranger's is handed on.
        kept = {}
        if currency and re.fullmatch(r"[A-Z]{3}", currency):
            kept["currency"] = currency
        if tick in TICKS:
            kept["tick"] = tick
        url = self._get_items_url(owed_sudo, client_sudo)
        return self._redirect(f"{url}?{urlencode(kept)}" if kept else url)

    @api.model
    def _get_client(self, company_id, client_id):
        """Return the client whose list this browser may see.

        :param int company_id: To whom the client owes, as a `res.company` id.
        :param int client_id: The client, as a `res.partner` id.
        :return: The client; None if this browser has not proven to be theirs.
        :rtype: Client|None
        """
        site_company = self._get_site_company()
        kept = request.session.get(CLIENTS_KEY, {})
        token, source = kept.get(f"{company_id}-{client_id}", (None, None))
        Partner = self.env["res.partner"]
        if named := token and Partner._paynow_read_client(site_company, token):
            owed_sudo, client_sudo, email = named
            known_sudo = client_sudo.with_context(paynow_is_known=True)
            return Client(owed_sudo, known_sudo, email, source)
        partner_sudo = self.env.user.partner_id.sudo()  # To read its whole entity.
        client_sudo = partner_sudo.commercial_partner_id
        company_sudo = site_company._paynow_get_served().filtered(
            lambda served: served.id == company_id
        )
        email = normalize_email(partner_sudo.email)
        if (
            not self.env.user._is_public()
            and client_sudo.id == client_id
            and company_sudo
            and email
        ):
            known_sudo = client_sudo.with_context(
                paynow_is_known=True, paynow_is_portal=True
            )
            return Client(company_sudo, known_sudo, email, "page")
        return None
