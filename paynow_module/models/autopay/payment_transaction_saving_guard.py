# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

from ...exceptions import PaynowRefusal
from ..payment.payment_transaction_form import FORM_KEYS
from .payment_transaction_saving import SAVED_ROUTE


class PaymentTransaction(models.Model):
    """Which methods guests may save; the only way to a transaction that saves one."""

    _inherit = "payment.transaction"

    @api.model
    def _paynow_guard_saving(self, enrolment, form, token, website, ip):
        """Return the values with which a method may be saved by a guest, or refuse.

        :param Enrolment enrolment: Who has proven to be the client; None if nobody.
        :param dict form: What the payment form sent; nothing in it is trusted.
        :param str token: What the page signed, see `_sign_enrolment_order`.
        :param website website: The website of the request.
        :param str ip: The client's address, as evidence.
        :return: The keyword arguments for `_create_transaction` of `payment`.
        :rtype: dict
        :raise PaynowRefusal: If it may not be.
        """
        page = self.env["paynow.page"]
        chosen = enrolment and page._read_enrolment_token(enrolment, token)
        if not chosen:
            self._paynow_refuse_saving()
        self._paynow_check_saving_form(form)
        order, text, lang = chosen
        providers_sudo, methods_sudo = self.env[
            "payment.provider"
        ]._paynow_get_saving_options(
            enrolment.company_sudo,
            website,
            enrolment.partner_sudo,
            enrolment.invoice_sudo.currency_id,
        )
        provider_sudo = providers_sudo.filtered(lambda p: p.id == form["provider_id"])
        method_sudo = methods_sudo.filtered(
            lambda m: (
                m.id == form["payment_method_id"] and provider_sudo in m.provider_ids
            )
        )
        Text = self.env["paynow.mandate.text"]
        if (
            not provider_sudo
            or not method_sudo
            or Text._get_medium(method_sudo.code) != order.medium  # As was read.
        ):
            self._paynow_refuse_saving()
        return {
            "provider_id": provider_sudo.id,
            "payment_method_id": method_sudo.id,
            "token_id": None,
            "amount": None,
            "currency_id": None,
            "partner_id": enrolment.partner_sudo.id,
            "flow": form["flow"],
            "tokenization_requested": True,
            "landing_route": SAVED_ROUTE,
            "is_validation": True,
            "custom_create_values": {
                "paynow_visitor": page._get_visitor(),
                "paynow_saving_state": "open",
                "paynow_saving": {
                    "company_id": enrolment.company_sudo.id,
                    "client_id": enrolment.client_sudo.id,
                    "invoice_id": order.invoice_sudo.id,
                    "day": str(order.day or ""),
                    "text": text,
                    "lang": lang,
                    "email": enrolment.email,
                    "ip": ip,
                    "user_id": self.env.uid,
                },
            },
        }

    @api.model
    def _paynow_check_saving_form(self, form):
        """Check that the payment form asks to save a method, and for nothing else.

        :param dict form: What the payment form sent.
        :raise PaynowRefusal: If it doesn't, or the box is not ticked.
        """
        ids = [form.get("provider_id"), form.get("payment_method_id")]
        if (
            set(form) - FORM_KEYS - {"paynow_consent"}
            or not all(type(id_) is int for id_ in ids)  # True is an int, too.
            or form.get("token_id") is not None
            or form.get("amount")
            or form.get("flow") not in ("redirect", "direct")
            or form.get("tokenization_requested") is not True
            or form.get("is_validation") is not True
            or form.get("landing_route") not in (None, SAVED_ROUTE)
            or form.get("paynow_consent") is not True
        ):
            self._paynow_refuse_saving()

    @api.model
    def _paynow_refuse_saving(self):
        """Refuse to save a method, in the same words whatever the reason.

        :raise PaynowRefusal: Always.
        """
        raise PaynowRefusal(
            self.env._(
                "Nothing was saved: this page was open for too long, or something has"
                " changed meanwhile. Please begin again from your receipt."
            )
        )
