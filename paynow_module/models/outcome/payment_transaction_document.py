# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.tools import format_datetime

from ..payment.payment_transaction_parts import FAILED

# The month and year that may follow a number typed for the demo provider.
_EXPIRY = re.compile(r"\s+\d{1,2}\s*/\s*\d{2,4}\s*$")


class PaymentTransaction(models.Model):
    """What makes the receipt a document that an accountant files."""

    _inherit = "payment.transaction"

    paynow_last_digits = fields.Char(
        string="Last digits",
        help="The last digits of the card or bank account, where the provider tells"
        " them: the receipt has them.",
        readonly=True,
        copy=False,
    )

    def _process(self, provider_code, payment_data):
        """Override of `payment` to keep the last digits of what was paid with."""
        tx = super()._process(provider_code, payment_data)
        if tx.is_paynow and (digits := tx._paynow_get_last_digits(payment_data)):
            tx.paynow_last_digits = digits
        return tx

    def _paynow_get_last_digits(self, payment_data):
        """Return the last four digits of a card or bank account.

        For a provider that is not known here, override this method; never with a
        request of its own.

        :param dict payment_data: What the provider sent, as for `_process`.
        :return: The digits; empty where the provider doesn't tell them.
        :rtype: str
        """
        self.ensure_one()
        match self.provider_code:
            case "adyen":
                text = _dig(payment_data, "additionalData", "cardSummary")
            case "demo":
                text = payment_data.get("payment_details")
            case "flutterwave":
                text = _dig(payment_data, "card", "last_4digits")
            case "razorpay":
                text = _dig(payment_data, "card", "last4")
            case "stripe":
                kind = _dig(payment_data, "payment_method", "type")
                text = _dig(payment_data, "payment_method", kind, "last4")
            case _:
                text = None
        found = re.search(r"(\d{4})\D*$", _EXPIRY.sub("", str(text or "")))
        return found[1] if found else ""

    def _paynow_prepare_document(self, rest):
        """Prepare who paid whom, when, with what and for which open items.

        :param float rest: What is still to pay, in the transaction's currency.
        :rtype: dict
        """
        self.ensure_one()
        invoices = self._paynow_get_invoices()
        client = self.partner_id.commercial_partner_id
        digits = self.paynow_last_digits
        can_go_on = self.state == "done" and rest and len(invoices) == 1
        items = self._paynow_get_paid_items()
        page = self.env["paynow.page"]
        # Nothing is ticked any more for who has paid.
        picked = {
            allocation.line_id.id: allocation.amount
            for allocation in self._paynow_get_allocations()
            if self.state in ("draft", *FAILED)
        }
        return {
            "digits": digits and f"•••• {digits}",
            "moment": self._paynow_get_time(),
            "payer_name": client.name,
            "payer_address": _get_address(self.partner_id),
            "payer_vat": client.vat,
            "company_address": _get_address(self.company_id.partner_id),
            "company_vat": self.company_id.vat,
            "items": items,
            "items_title": self.paynow_is_split
            and len(items) > 1
            and page._get_items_title(len(items)),
            # For the browser that paid: it may see the list.
            "items_url": self.paynow_is_split
            and page._get_picked_url(self.company_id, client, picked),
            "rest_proof": can_go_on
            and invoices._paynow_sign(
                rest, self.paynow_email, self.paynow_source or "page"
            ),
        }

    def _paynow_print_receipt(self):
        """Print the receipt, in the language of who paid.

        :return: The PDF.
        :rtype: ir.attachment
        """
        self.ensure_one()
        lang = self.partner_lang or self.env.lang or self.company_id.partner_id.lang
        tx = self.with_context(lang=lang)
        pdf, _kind = tx.env["ir.actions.report"]._render_qweb_pdf(
            "paynow_module.action_report_receipt", tx.ids
        )
        return self.env["ir.attachment"].create(
            {
                "name": tx._paynow_get_receipt_name(),
                "raw": pdf,
                "mimetype": "application/pdf",
                "res_model": tx._name,
                "res_id": tx.id,
            }
        )

    def _paynow_get_receipt_name(self):
        """Return the name of the receipt as a file.

        :rtype: str
        """
        self.ensure_one()
        number = self._paynow_get_receipt()["payment_number"] or self.reference
        return self.env._("Receipt %(number)s.pdf", number=number.replace("/", "-"))

    def _paynow_get_time(self):
        """Return when the provider told the last news, with the company's time zone.

        :rtype: str
        """
        self.ensure_one()
        zone, moment = self.company_id._paynow_get_zone(), self.last_state_change
        if not moment:
            return ""
        local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
        return f"{format_datetime(self.env, moment, tz=zone)} ({local.tzname()})"

    def _paynow_format_item(self, allocation):
        """Return what this payment has for an item, and what of it was refunded.

        :param paynow.allocation allocation: What it has.
        :rtype: str
        """
        money = self.currency_id._paynow_format
        if not self.child_transaction_ids or not (
            refunded := allocation._get_refunded()
        ):
            return money(allocation.amount)
        return self.env._(
            "%(amount)s, of which %(refunded)s was refunded",
            amount=money(allocation.amount),
            refunded=money(refunded),
        )

    def _paynow_get_paid_items(self):
        """Return what this payment closed, once it is in the books; or is to close.

        :return: A dict for each open item, as {'number': str, 'amount': str}.
        :rtype: list[dict]
        """
        self.ensure_one()
        if allocations := self._paynow_get_allocations():
            return [
                {"number": each.number, "amount": self._paynow_format_item(each)}
                for each in allocations
            ]
        partials = self._paynow_get_payments().move_id.line_ids.matched_debit_ids
        invoices = self._paynow_get_invoices()
        paid = partials.filtered(lambda part: part.debit_move_id.move_id in invoices)
        numbers = paid.debit_move_id._paynow_get_numbers()
        return [
            {
                "number": numbers[line],
                "amount": line.currency_id._paynow_format(
                    sum(parts.mapped("debit_amount_currency"))
                ),
            }
            for line, parts in paid.grouped("debit_move_id").items()
        ]


def _dig(data, *keys):
    """Return what stands behind keys in nested dicts, if it does.

    :param dict data: What a provider sent, of any shape.
    """
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _get_address(partner):
    """Return the lines of an address, without the name.

    :rtype: list[str]
    """
    text = partner._display_address(without_company=True)
    return [line.strip() for line in text.split("\n") if line.strip()]
