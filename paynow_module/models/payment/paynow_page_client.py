# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models
from odoo.http import request

from ...utils import normalize_email
from .paynow_page_arrival import MAX_KEPT
from .res_partner_client import Client

CLIENTS_KEY = "paynow_clients"


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
            return Client(*named, source)
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
            return Client(company_sudo, client_sudo, email, "page")
        return None
