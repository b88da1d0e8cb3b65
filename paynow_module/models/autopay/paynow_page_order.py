# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.misc import consteq, hmac

from ...utils import read_signed, sign
from ..mandates.paynow_mandate_text import MEDIA
from .payment_transaction_saving import SAVED_ROUTE
from .paynow_page_saving import VALIDITY

ORDER_SCOPE = "paynow_module.enrolment_order"
MAX_INVOICES = 50  # In the list from which one is chosen.


class Order(NamedTuple):
    """What they want to have paid automatically."""

    #: One invoice, in sudo mode; empty for all to come.
    invoice_sudo: models.Model
    #: The day on which it is paid; None for its due date.
    day: date | None
    #: From what, as the words differ: `card` or `bank`; empty while it is not chosen.
    medium: str


class PaynowPage(models.AbstractModel):
    """What guests may have paid automatically, and in which words they authorize it."""

    _inherit = "paynow.page"

    @api.model
    def _prepare_enrolment(self, enrolment):
        """Prepare what the page of the choices shows.

        :param Enrolment enrolment: Who chooses.
        :return: The values of the template, see there.
        :rtype: dict
        """
        company_sudo, client_sudo = enrolment.company_sudo, enrolment.client_sudo
        Autopay_sudo = self.env["paynow.autopay"].sudo()
        # In sudo mode as visitors can't read the choices; these are the client's own.
        standing_sudo = Autopay_sudo._get_standing(company_sudo, client_sudo)
        return {
            "company_name": company_sudo.name,
            "client_name": client_sudo.name,
            "standing": standing_sudo and standing_sudo._get_summary(),
            "invoices": [
                {
                    "id": invoice_sudo.id,
                    "number": invoice_sudo.name,
                    "amount": invoice_sudo._paynow_format(
                        invoice_sudo._paynow_get_payable()
                    ),
                    "days": invoice_sudo._paynow_get_autopay_days_offered(),
                }
                for invoice_sudo in self._get_enrolment_invoices(enrolment)
            ],
        }

    @api.model
    def _get_enrolment_invoices(self, enrolment):
        """Return the invoices of which one may be paid on a day.

        :param Enrolment enrolment: Who chooses.
        :rtype: account.move
        """
        company_sudo = enrolment.company_sudo
        # In sudo mode as visitors can't read invoices; these are the client's own.
        invoices_sudo = (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "=", enrolment.client_sudo.id),
                    ("company_id", "=", company_sudo.id),
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                    ("payment_state", "in", ("not_paid", "partial", "in_payment")),
                    ("invoice_date_due", ">=", company_sudo._paynow_get_today()),
                    ("paynow_autopay_id", "=", False),
                ],
                order="invoice_date_due, id",
                limit=MAX_INVOICES,
            )
        )
        return invoices_sudo.filtered(
            lambda invoice: (
                invoice._paynow_is_open()
                and invoice._paynow_get_payable() > 0
                and invoice._paynow_get_autopay_days_offered()
            )
        )

    @api.model
    def _read_enrolment_order(self, enrolment, invoice_id, day, medium=""):
        """Return what was chosen, if it can be.

        :param Enrolment enrolment: Who chooses.
        :param str invoice_id: The invoice, as the form sends it; empty for all.
        :param str day: The day, as the form sends it.
        :param str medium: From what, as the address says.
        :rtype: Order
        :raise UserError: If it can't, with what is wrong.
        """
        # In sudo mode as visitors can't read the choices; these are the client's own.
        Autopay_sudo = self.env["paynow.autopay"].sudo()
        if Autopay_sudo._get_standing(enrolment.company_sudo, enrolment.client_sudo):
            raise UserError(self.env._("Automatic payment is set already."))
        medium = medium if medium in dict(MEDIA) else ""
        if not invoice_id:
            return Order(enrolment.invoice_sudo.browse(), None, medium)
        invoice_sudo = self._get_enrolment_invoices(enrolment).filtered(
            lambda invoice: str(invoice.id) == invoice_id
        )
        if not invoice_sudo:
            raise UserError(self.env._("Please choose one of your open invoices."))
        return Order(invoice_sudo, invoice_sudo._paynow_read_autopay_day(day), medium)

    @api.model
    def _get_enrolment_text(self, enrolment, order):
        """Return the words by which they authorize it.

        :param Enrolment enrolment: Who authorizes.
        :param Order order: What.
        :rtype: str
        """
        return self.env["paynow.autopay"]._get_guest_text(
            enrolment.company_sudo,
            enrolment.client_sudo,
            order.medium,
            order.invoice_sudo or None,
            order.day,
        )

    @api.model
    def _sign_enrolment_order(self, enrolment, order):
        """Return what the payment form carries: for what and whom a method is saved.

        :param Enrolment enrolment: Who saves it.
        :param Order order: For what.
        :return: The token, of use to no other browser and to no other enrolment.
        :rtype: str
        """
        values = [
            enrolment.invoice_sudo.id,
            order.invoice_sudo.id or 0,
            str(order.day or ""),
            order.medium,
            self.env.lang,
            self._get_enrolment_digest(enrolment, order),
            self._get_visitor(),
        ]
        return sign(self, ORDER_SCOPE, values, VALIDITY)

    @api.model
    def _get_enrolment_digest(self, enrolment, order):
        """Return a keyed hash of the words that were read.

        :param Enrolment enrolment: See `_get_enrolment_text`, as `order`.
        :rtype: str
        """
        text = self._get_enrolment_text(enrolment, order)
        return hmac(self.env(su=True), ORDER_SCOPE, text)[:32]

    @api.model
    def _read_enrolment_token(self, enrolment, token):
        """Return for what a method is saved, if the words are those that were read.

        :param Enrolment enrolment: Who saves it.
        :param str token: The token, as sent by the browser.
        :return: What was chosen, and the words in the language in which they were read;
            None if the token is none, or something has changed meanwhile.
        :rtype: tuple[Order, str, str]|None
        """
        values = read_signed(self, ORDER_SCOPE, token)
        if not values:
            return None
        base_id, invoice_id, day, medium, lang, digest, visitor = values
        if base_id != enrolment.invoice_sudo.id or not consteq(
            visitor, self._get_visitor()
        ):
            return None
        page = self.with_context(lang=lang)
        try:
            order = page._read_enrolment_order(
                enrolment, str(invoice_id) if invoice_id else "", day, medium
            )
        except UserError:
            return None
        if not consteq(page._get_enrolment_digest(enrolment, order), digest):
            return None
        return order, page._get_enrolment_text(enrolment, order), lang

    @api.model
    def _render_saving(self, enrolment, order):
        """Render the words, and the form of the provider that saves a method.

        :param Enrolment enrolment: Who saves it.
        :param Order order: For what.
        """
        company_sudo, partner_sudo = enrolment.company_sudo, enrolment.partner_sudo
        providers_sudo, methods_sudo = self.env[
            "payment.provider"
        ]._paynow_get_saving_options(
            company_sudo,
            request.website,
            partner_sudo,
            enrolment.invoice_sudo.currency_id,
        )
        Text = self.env["paynow.mandate.text"]
        media = {Text._get_medium(method.code) for method in methods_sudo}
        if order.medium not in media:
            order = order._replace(medium="card" if "card" in media else "bank")
        methods_sudo = methods_sudo.filtered(
            lambda method: Text._get_medium(method.code) == order.medium
        )
        other = next(iter(media - {order.medium}), None)
        chosen = {
            "invoice": order.invoice_sudo.id or "",
            "day": order.day or "",
            "medium": other,
        }
        return self._render(
            "paynow_module.enrol_save",
            {
                "company_name": company_sudo.name,
                "client_name": enrolment.client_sudo.name,
                "number": order.invoice_sudo.name,
                "day": order.day or order.invoice_sudo.invoice_date_due,
                "text": self._get_enrolment_text(enrolment, order),
                "other": other,
                "other_url": f"/PAYNOW/autopay/save?{urlencode(chosen)}",
                # What the payment form of Odoo asks for.
                "mode": "validation",
                "allow_token_selection": False,
                "reference_prefix": "V",
                "partner_id": partner_sudo.id,
                "providers_sudo": providers_sudo & methods_sudo.provider_ids,
                "payment_methods_sudo": methods_sudo,
                "tokens_sudo": self.env["payment.token"],  # None is ever offered.
                "transaction_route": "/PAYNOW/autopay/transaction",
                "landing_route": SAVED_ROUTE,
                "access_token": self._sign_enrolment_order(enrolment, order),
            },
        )
