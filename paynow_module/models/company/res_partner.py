# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import email_normalize_all


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _paynow_get_billing_emails(self):
        """Return the addresses that mails on the invoices of this contact go to.

        :return: The addresses, normalized, each once.
        :rtype: list[str]
        """
        emails = [
            email
            for partner in self._paynow_get_billing_contacts()
            for email in email_normalize_all(partner.email)
        ]
        return list(dict.fromkeys(emails))

    def _paynow_get_billing_contacts(self):
        """Return the contacts that mails on the invoices of this contact go to.

        One rule for all of our mails, the platform's (`address_get`): the invoice
        addresses of a client come first, then its own. A contact that is no client of
        its own, named on an invoice, gets what concerns it, if it has an address.

        :return: The contacts, each with an address.
        :rtype: res.partner
        """
        self.ensure_one()
        client = self.commercial_partner_id
        contacts = client.child_ids.filtered(
            lambda child: child.type == "invoice" and not child.is_company
        )
        own = self if self != client else self.browse()
        for partners in (own, contacts, client):
            if reached := partners.filtered(lambda p: email_normalize_all(p.email)):
                return reached
        return self.browse()
