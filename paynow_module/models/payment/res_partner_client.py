# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from typing import NamedTuple

from odoo import api, models
from odoo.tools import email_normalize_all
from odoo.tools.misc import consteq, hmac

from ...utils import normalize_email, read_signed, sign

CLIENT_SCOPE = "paynow_module.client"


class Client(NamedTuple):
    """A client who has proven who they are, and so sees what they owe a company."""

    #: The company, in sudo mode as visitors can't read all of it.
    company_sudo: models.Model
    #: The client, a commercial entity, in sudo mode as visitors can't read it.
    client_sudo: models.Model
    #: The address of the payer.
    email: str
    #: Where they came from, as a source of `paynow.attempt`.
    source: str


class ResPartner(models.Model):
    """How a client proves that they may see, and pay, all their open invoices."""

    _inherit = "res.partner"

    def _paynow_sign_client(self, company, email, validity):
        """Return a token that opens the list of what this client owes a company.

        :param res.company company: The company.
        :param str email: The address of who gets the token, one of the client's.
        :param timedelta validity: How long it works.
        :return: The token; it names no address in clear.
        :rtype: str
        """
        self.ensure_one()
        client = self.commercial_partner_id
        values = [company.id, client.id, client._paynow_hash_client(company, email)]
        return sign(self, CLIENT_SCOPE, values, validity)

    @api.model
    def _paynow_read_client(self, company, token):
        """Return whose list a token opens, if it is genuine, fresh and still true.

        :param res.company company: The company of the website.
        :param str token: The token, as sent by the client.
        :return: The sudoed company and client, and the address; None if it opens none
            on this website, or the address is no longer one of the client's.
        :rtype: tuple[res.company, res.partner, str]|None
        """
        company_id, client_id, digest = read_signed(self, CLIENT_SCOPE, token) or (
            0, 0, "",
        )  # fmt: skip
        # In sudo mode as visitors can't read companies and clients.
        owed_sudo = (
            company.sudo()
            ._paynow_get_served()
            .filtered(lambda served: served.id == company_id)
        )
        client_sudo = self.sudo().browse(client_id).exists()
        if not owed_sudo or not client_sudo:
            return None
        for email in client_sudo._paynow_get_client_emails():
            if consteq(client_sudo._paynow_hash_client(owed_sudo, email), digest):
                return owed_sudo, client_sudo, email
        return None

    def _paynow_get_client_emails(self):
        """Return the addresses that may pay the invoices of this client, normalized.

        :rtype: set[str]
        """
        self.ensure_one()
        contacts = self.search_fetch(
            [("commercial_partner_id", "=", self.commercial_partner_id.id)],
            ["email"],
            order="id",
        )
        return {
            email
            for partner in self | contacts
            for email in email_normalize_all(partner.email)
        }

    def _paynow_hash_client(self, company, email):
        """Return a keyed hash of an address that says nothing outside of this list.

        :param res.company company: The company.
        :param str email: The address, as typed.
        :rtype: str
        """
        self.ensure_one()
        # In sudo mode as visitors can't read clients.
        values = (
            company.id,
            self.id,
            normalize_email(email),
            self.sudo().paynow_link_key,
        )
        return hmac(self.sudo().env, CLIENT_SCOPE, values)[:32]
