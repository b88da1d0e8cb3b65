# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.http import request
from odoo.tools.misc import consteq

from ...utils import read_signed, sign

ENROLMENT_SCOPE = "paynow_module.enrolment"
VALIDITY = timedelta(minutes=30)
KEY = "paynow_enrolment"


class Enrolment(NamedTuple):
    """A guest who has proven by a code that they read the client's mail."""

    #: The invoice that they had paid, in sudo mode as visitors can't read it.
    invoice_sudo: models.Model
    #: The address to which the code was mailed.
    email: str

    @property
    def company_sudo(self):
        """The company that is paid."""
        return self.invoice_sudo.company_id

    @property
    def client_sudo(self):
        """The client, a commercial entity."""
        return self.invoice_sudo.commercial_partner_id

    @property
    def partner_sudo(self):
        """Whose method it will be: the contact who gets the client's invoices."""
        return self.invoice_sudo.partner_id


class PaynowPage(models.AbstractModel):
    """Who may choose automatic payment without a login: by a mailed code."""

    _inherit = "paynow.page"

    @api.model
    def _get_company_fields(self):
        """Override to add what each receipt asks: whether guests may go on."""
        return [
            *super()._get_company_fields(),
            "paynow_autopay_enabled",
            "paynow_autopay_guest",
        ]

    @api.model
    def _has_guests(self):
        """Tell whether a company of this website offers automatic payment to guests.

        :rtype: bool
        """
        company_sudo = self._get_site_company()
        return company_sudo.paynow_enabled and any(
            served_sudo._paynow_takes_guests()
            for served_sudo in company_sudo._paynow_get_served()
        )

    @api.model
    def _check_guests(self):
        """Refuse to know these pages where nobody offers them.

        :raise NotFound: If nobody does.
        """
        if not self._has_guests():
            raise request.not_found()

    @api.model
    def _keep_enrolment(self, invoice_sudo, email):
        """Keep that this browser has typed the code that was mailed to an address.

        :param account.move invoice_sudo: The invoice for which it was asked.
        :param str email: The address.
        """
        client_sudo = invoice_sudo.commercial_partner_id
        digest = client_sudo._paynow_hash_client(invoice_sudo.company_id, email)
        values = [invoice_sudo.id, client_sudo.id, digest, self._get_visitor()]
        request.session[KEY] = sign(self, ENROLMENT_SCOPE, values, VALIDITY)

    @api.model
    def _get_enrolment(self):
        """Return who has typed a code in this browser, if all of it is still true.

        :rtype: Enrolment|None
        """
        values = read_signed(self, ENROLMENT_SCOPE, request.session.get(KEY))
        if not values or not consteq(values[3], self._get_visitor()):
            return None
        invoice_id, client_id, digest, _visitor = values
        company_sudo = self._get_company()
        # In sudo mode as visitors can't read invoices.
        invoice_sudo = (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("id", "=", invoice_id),
                    ("commercial_partner_id", "=", client_id),
                    ("company_id", "in", company_sudo._paynow_get_served().ids),
                ]
            )
        )
        if not invoice_sudo or not invoice_sudo.company_id._paynow_takes_guests():
            return None
        email = invoice_sudo._paynow_get_link_email()
        client_sudo = invoice_sudo.commercial_partner_id
        if not email or not consteq(
            client_sudo._paynow_hash_client(invoice_sudo.company_id, email), digest
        ):
            return None
        return Enrolment(invoice_sudo, email)
