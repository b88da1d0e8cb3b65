# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, fields, models

from ...utils import format_money, order_headings, read_signed, sign
from ..payment.payment_provider import BANK_DEBIT_CODES
from ..payment.payment_transaction import LANDING_ROUTE
from ..payment.payment_transaction_parts import FAILED

RECEIPT_SCOPE = "paynow_module.receipt"
RECEIPT_VALIDITY = timedelta(days=1)
MAILED_SCOPE = "paynow_module.mailed_receipt"
MAILED_VALIDITY = timedelta(days=90)
MAX_NUMBERS = 3  # Of invoices, in one line.


class PaymentTransaction(models.Model):
    """What the payer is told of a payment, on the page and by mail.

    When mails are written: `payment_transaction_mail.py`.
    """

    _inherit = "payment.transaction"

    paynow_numbers = fields.Char(
        string="Pay Now invoice numbers",
        help="The numbers of the invoices, as a subject of a mail has room for them.",
        compute="_compute_paynow_numbers",
        compute_sudo=True,  # The payer reads it on the receipt.
    )

    @api.depends("invoice_ids.name", "source_transaction_id")
    @api.depends_context("lang")
    def _compute_paynow_numbers(self):
        for tx in self:
            numbers = tx._paynow_get_invoices().filtered("name").mapped("name")
            tx.paynow_numbers = ", ".join(numbers[:MAX_NUMBERS])
            if more := len(numbers[MAX_NUMBERS:]):
                tx.paynow_numbers = self.env._(
                    "%(numbers)s and %(count)s more",
                    numbers=tx.paynow_numbers,
                    count=more,
                )

    def _paynow_get_landing_route(self):
        """Override to lead whoever made this payment to its receipt."""
        token = sign(self, RECEIPT_SCOPE, self._paynow_get_key(), RECEIPT_VALIDITY)
        return f"{super()._paynow_get_landing_route()}/{token}"

    @api.model
    def _paynow_read_receipt(self, company, token):
        """Return the transaction of a receipt's address, if it is genuine and fresh.

        :param res.company company: The company of the website.
        :param str token: The token in the address.
        :return: The sudoed transaction, possibly empty; with `paynow_is_mailed` in its
            context where the address came by mail.
        :rtype: payment.transaction
        """
        key = read_signed(self, RECEIPT_SCOPE, token)
        is_mailed = not key
        key = key or read_signed(self, MAILED_SCOPE, token) or 0
        if isinstance(key, int):  # From when no link could be made void.
            key = [key, 0]
        Transaction_sudo = self.sudo().with_context(paynow_is_mailed=is_mailed)
        tx_sudo = Transaction_sudo.browse(key[0]).exists()
        return tx_sudo.filtered(
            lambda tx: (
                tx.is_paynow
                and tx.invoice_ids
                # Whether it is still served or not: it was when this was paid.
                and company in tx.company_id.sudo().parent_ids
                and tx._paynow_get_key() == key
            )
        )

    def _paynow_get_key(self):
        """Return what the address of this payment's receipt stands for.

        :return: The id, and how often the client's links were made void.
        :rtype: list[int]
        """
        self.ensure_one()
        # In sudo mode as who pays can't read clients.
        client_sudo = self.partner_id.commercial_partner_id.sudo()
        return [self.id, client_sudo.paynow_link_key]

    def _paynow_get_mailed_url(self):
        """Return the address that shows the whole receipt to whoever got the mail.

        A copy carries none: it goes to whom the payer names.

        :return: The address; empty where there is no page.
        :rtype: str
        """
        self.ensure_one()
        site = self.company_id._paynow_get_site_url()
        if not site or self.env.context.get("paynow_copy"):
            return ""
        token = sign(self, MAILED_SCOPE, self._paynow_get_key(), MAILED_VALIDITY)
        return f"{site}{LANDING_ROUTE}/{token}"

    def _paynow_get_receipt(self):
        """Return what the receipt tells of this payment, as plain values.

        :rtype: dict
        """
        self.ensure_one()
        invoices = self._paynow_get_invoices()
        is_unclear = self.state in FAILED and bool(self.paynow_problem)
        is_failed = self.state in FAILED and not is_unclear
        zone = self.company_id._paynow_get_zone()
        payments = self._paynow_get_payments()
        # What a mail is about may be less than the whole.
        amount = self.env.context.get("paynow_amount") or (
            self._paynow_get_received() or self.amount
        )
        refunded = self._paynow_get_refunded()
        credit = self._paynow_get_credit()
        still_to_pay = self._paynow_get_still_to_pay()

        def money(amount):
            return format_money(amount, self.currency_id, self.env.lang)

        return {
            "state": self.state,
            "amount": money(amount),
            "company_name": self.company_id.name,
            "invoice_number": self.paynow_numbers,
            "still_to_pay": money(still_to_pay),
            "is_open": bool(still_to_pay),
            "refunded": refunded and money(refunded),
            "credit": credit and money(credit),
            "date": payments[:1].date
            or fields.Date.context_today(
                self.with_context(tz=zone), self.last_state_change
            ),
            "payment_number": ", ".join(payments.filtered("name").mapped("name")),
            "reference": self.reference,
            "method_name": self._paynow_get_method_name(),
            "email": self.paynow_email,
            # A copy goes to whom the payer names: nothing is said there but by us.
            "note": not self.env.context.get("paynow_copy") and self.paynow_note,
            "copy_email": self.paynow_copy_email,
            "is_bank_debit": self.payment_method_code in BANK_DEBIT_CODES,
            **self._paynow_get_instructions(),
            **self._paynow_prepare_document(still_to_pay),
            "is_unclear": is_unclear,
            "is_replaced": is_failed and bool(self.paynow_replaced_by_id),
            "is_returned": is_failed and bool(payments),
            # A try without an answer is taken up again, so it is not charged twice.
            "proof": (is_failed or self.state == "draft")
            and len(invoices) == 1
            and self._paynow_get_proof(),
        }

    def _paynow_get_method_name(self):
        """Return with what this payment was made, as the payer knows it.

        :rtype: str
        """
        self.ensure_one()
        return self.payment_method_id.name

    def _paynow_render_receipt(self):
        """Return the table of the receipt for a mail.

        :rtype: Markup
        """
        self.ensure_one()
        receipt = self._paynow_get_receipt()
        if self.state != "done":  # Whoever has paid nothing has no mail written.
            receipt["note"] = False
        return self.env["ir.qweb"]._render(
            "paynow_module.mail_receipt",
            {
                "receipt": receipt,
                "url": self.state == "done" and self._paynow_get_mailed_url(),
            },
        )

    def _paynow_get_instructions(self):
        """Return what the payer of a wire transfer still has to do.

        :return: The values, as {'instructions': Markup, 'communication': str}; falsy
            for other payments.
        :rtype: dict
        """
        is_promise = self.state == "pending" and self.provider_code == "custom"
        return {
            "instructions": is_promise
            and order_headings(self.provider_id.pending_msg or ""),
            # That of one invoice would say that all is for that one.
            "communication": is_promise
            and (self.reference if self.paynow_is_split else self._get_communication()),
        }

    def _paynow_get_proof(self):
        """Return a proof with which the payer of a failed payment may try again.

        :rtype: str
        """
        self.ensure_one()
        return self._paynow_get_invoices()._paynow_sign(
            self.amount, self.paynow_email, self.paynow_source or "page"
        )
