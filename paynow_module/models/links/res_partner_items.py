# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from urllib.parse import urlencode

from odoo import models


class ResPartner(models.Model):
    """The mailed links with which a client pays several invoices at once."""

    _inherit = "res.partner"

    def _paynow_get_items_url(self, company, email, currency=None, tick=None):
        """Return the mailed link to the list of what this client owes a company.

        :param res.company company: The company.
        :param str email: The address of who gets it, one of the client's.
        :param res.currency currency: The currency that the list opens with, if any.
        :param str tick: What is ticked there, "all" or "overdue"; as the list has
            it if none.
        :return: The link; empty where mails carry none, or there is no page.
        :rtype: str
        """
        self.ensure_one()
        company_sudo = company.sudo()  # Settings, no secrets.
        if not (
            email
            and company_sudo.paynow_email_links
            and company_sudo._paynow_has_page()
        ):
            return ""
        validity = timedelta(days=company_sudo.paynow_link_days)
        values = {"items": self._paynow_sign_client(company_sudo, email, validity)}
        if currency:
            values["currency"] = currency.name
        if tick:
            values["tick"] = tick
        # The configured domain, never that of the request.
        return f"{company_sudo._paynow_get_site_url()}/PAYNOW?{urlencode(values)}"

    def _paynow_prepare_items_links(self, company, email, currency, has_overdue):
        """Prepare the links of a mail to pay several invoices of this client at once.

        :param res.company company: The company.
        :param str email: The address of who gets the mail, one of the client's.
        :param res.currency currency: The currency of the invoices.
        :param bool has_overdue: Whether to offer those alone that are overdue, too.
        :return: The links, as {'text': str, 'url': str}, the main one first; none where
            mails carry none.
        :rtype: list[dict]
        """
        words = {"all": self.env._("Pay all"), "overdue": self.env._("Pay overdue")}
        if not has_overdue:
            del words["overdue"]
        links = [
            {
                "text": text,
                "url": self._paynow_get_items_url(company, email, currency, tick),
            }
            for tick, text in words.items()
        ]
        return [link for link in links if link["url"]]
