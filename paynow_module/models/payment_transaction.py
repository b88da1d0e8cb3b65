# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..exceptions import PaynowRefusal
from ..utils import read_signed, sign
from .payment_provider import BANK_DEBIT_CODES

_logger = logging.getLogger(__name__)

RECEIPT_SCOPE = "paynow_module.receipt"
RECEIPT_VALIDITY = timedelta(days=1)
RECEIPT_ROUTE = "/PAYNOW/receipt"

# What Odoo's payment form sends to a transaction route; anything else is an attempt.
FORM_KEYS = {
    "provider_id",
    "payment_method_id",
    "token_id",
    "amount",
    "flow",
    "tokenization_requested",
    "landing_route",
    "is_validation",
    "csrf_token",
    "payment_reference",  # From `account_payment`.
    "recaptcha_token_response",  # Verified before, like the next.
    "turnstile_captcha",
}


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    is_paynow = fields.Boolean(
        string="Pay Now",
        help="Whether this payment was made on the public Pay Now page.",
        readonly=True,
        index="btree_not_null",
    )
    paynow_email = fields.Char(
        string="Pay Now e-mail",
        help="The address that the payer gave on the Pay Now page; receipts go there.",
        readonly=True,
    )
    paynow_visitor = fields.Char(
        string="Pay Now visitor",
        help="A keyed hash of the browser session in which this payment was started.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    paynow_mailed_state = fields.Char(
        string="Pay Now mailed state",
        help="The last state of this payment of which the payer was told by mail.",
        readonly=True,
        copy=False,
    )

    # === BUSINESS METHODS - GUARD === #

    @api.model
    def _paynow_guard(self, invoice_id, proof, form, website, own_tx=None):
        """Return the values with which a Pay Now transaction may be created, or refuse.

        This is the only way to a Pay Now transaction. It locks the invoice, so it must
        run in the database transaction that creates the payment transaction, before
        anything that has an effect outside the database.

        :param int invoice_id: The invoice that the page was opened for.
        :param str proof: The proof that the page carried, see `account.move`.
        :param dict form: What the payment form sent; nothing in it is trusted.
        :param website website: The website of the request.
        :param payment.transaction own_tx: The transactions of this visitor.
        :return: The keyword arguments for `_create_transaction` of `payment`.
        :rtype: dict
        :raise PaynowRefusal: If this payment may not be made.
        """
        proven = self.env["account.move"]._paynow_read_proof(website.company_id, proof)
        if not proven or proven[0].id != invoice_id:
            raise PaynowRefusal(
                self.env._(
                    "This page was open for too long. Please enter your invoice again."
                )
            )
        invoice_sudo, amount, email = proven
        self._paynow_check_form(form, amount)

        invoice_sudo._paynow_lock()
        invoice_sudo._paynow_check_payable(amount, own_tx)
        providers_sudo, methods_sudo = self.env["payment.provider"]._paynow_get_options(
            invoice_sudo.company_id,
            website,
            partner=invoice_sudo.partner_id,
            amount=amount,
            currency=invoice_sudo.currency_id,
        )
        provider_sudo = providers_sudo.filtered(lambda p: p.id == form["provider_id"])
        method_sudo = methods_sudo.filtered(
            lambda m: (
                m.id == form["payment_method_id"] and provider_sudo in m.provider_ids
            )
        )
        if not provider_sudo or not method_sudo:
            self._paynow_refuse()
        return {
            "provider_id": provider_sudo.id,
            "payment_method_id": method_sudo.id,
            "token_id": None,
            "amount": amount,
            "currency_id": invoice_sudo.currency_id.id,
            "partner_id": invoice_sudo.partner_id.id,
            "flow": form["flow"],
            "tokenization_requested": False,
            "landing_route": RECEIPT_ROUTE,
            "is_validation": False,
            "custom_create_values": {
                "invoice_ids": [Command.set(invoice_sudo.ids)],
                "is_paynow": True,
                "paynow_email": email,
                "tokenize": False,
            },
        }

    @api.model
    def _paynow_check_form(self, form, amount):
        """Check that the payment form asks for what the page offered and nothing else.

        :param dict form: What the payment form sent.
        :param float amount: The proven amount.
        :raise PaynowRefusal: If it doesn't.
        """
        ids = [form.get("provider_id"), form.get("payment_method_id")]
        if (
            set(form) - FORM_KEYS
            or not all(type(id_) is int for id_ in ids)  # True is an int, too.
            or form.get("token_id") is not None
            or type(form.get("amount")) not in (int, float)
            or form["amount"] != amount
            or form.get("flow") not in ("redirect", "direct")
            or form.get("tokenization_requested")
            or form.get("is_validation")
            or form.get("landing_route") not in (None, RECEIPT_ROUTE)
        ):
            self._paynow_refuse()

    @api.model
    def _paynow_refuse(self):
        """Refuse what no payer does by accident, without saying why.

        :raise PaynowRefusal: Always.
        """
        raise PaynowRefusal(
            self.env._(
                "This payment can't be made. Please go back, check your invoice and"
                " choose a payment method again."
            )
        )

    def _set_error(self, state_message, extra_allowed_states=()):
        """Override of `payment` to count the declines, for limits and safety level."""
        txs = super()._set_error(
            state_message, extra_allowed_states=extra_allowed_states
        )
        Attempt = self.env["paynow.attempt"]
        for tx in txs.filtered("is_paynow"):
            start_sudo = Attempt.sudo().search(
                [("transaction_id", "=", tx.id), ("kind", "=", "payment_started")],
                limit=1,
            )  # In sudo mode as whoever brings the news may not read attempts.
            Attempt._record(
                tx.company_id,
                "payment_declined",
                source=start_sudo.source or "page",
                ip=start_sudo.ip,
                invoice_id=tx.invoice_ids[:1].id,
                transaction_id=tx.id,
            )
        return txs

    # === BUSINESS METHODS - RECEIPT === #

    def _paynow_get_receipt_route(self):
        """Return the address of the receipt, for whoever made this payment.

        :rtype: str
        """
        self.ensure_one()
        token = sign(self, RECEIPT_SCOPE, self.id, RECEIPT_VALIDITY)
        return f"{RECEIPT_ROUTE}/{token}"

    @api.model
    def _paynow_read_receipt(self, company, token):
        """Return the transaction of a receipt's address, if it is genuine and fresh.

        :param res.company company: The company of the website.
        :param str token: The token in the address.
        :return: The sudoed transaction, possibly empty.
        :rtype: payment.transaction
        """
        tx_id = read_signed(self, RECEIPT_SCOPE, token)
        tx_sudo = self.sudo().browse(tx_id).exists()
        return tx_sudo.filtered(lambda tx: tx.is_paynow and tx.company_id == company)

    def _paynow_get_receipt(self):
        """Return what the receipt tells of this payment, as plain values.

        :rtype: dict
        """
        self.ensure_one()
        invoice = self.invoice_ids
        is_failed = self.state in ("cancel", "error")
        return {
            "state": self.state,
            "amount": invoice._paynow_format(self.amount),
            "company_name": self.company_id.name,
            "invoice_number": invoice.name,
            "still_to_pay": invoice._paynow_format(invoice._paynow_get_payable()),
            "date": self.payment_id.date or self.last_state_change.date(),
            "payment_number": self.payment_id.name,
            "reference": self.reference,
            "method_name": self.payment_method_id.name,
            "email": self.paynow_email,
            "is_bank_debit": self.payment_method_code in BANK_DEBIT_CODES,
            **self._paynow_get_instructions(),
            "proof": is_failed and self._paynow_get_proof(),
        }

    def _paynow_get_instructions(self):
        """Return what the payer of a wire transfer still has to do.

        :return: The values, as {'instructions': Markup, 'communication': str}; falsy
            for other payments.
        :rtype: dict
        """
        is_promise = self.state == "pending" and self.provider_code == "custom"
        return {
            "instructions": is_promise and self.provider_id.pending_msg,
            "communication": is_promise and self._get_communication(),
        }

    def _paynow_get_proof(self):
        """Return a proof with which the payer of a failed payment may try again.

        :rtype: str
        """
        self.ensure_one()
        return self.invoice_ids._paynow_sign(self.amount, self.paynow_email)

    def _post_process(self):
        """Override of `account_payment` to mail the payer what became of it.

        Poll, cron and webhook may all bring the same news, and the list of the cron may
        be old: what was processed since is left alone, so that nothing is told twice.
        """
        self.invalidate_recordset(["is_post_processed"])
        txs = self.filtered(lambda tx: not (tx.is_paynow and tx.is_post_processed))
        res = super(PaymentTransaction, txs)._post_process()
        txs.filtered("is_paynow")._paynow_mail_payer()
        return res

    def _paynow_mail_payer(self):
        """Queue one mail to the payer for each state that they wait for.

        A bank payment is mailed twice, when initiated and when cleared. The mail and
        the note of it are written in one database transaction: both or none. A mail
        that can't be made, say after an edit of its template, never keeps a payment
        from the books.
        """
        for tx in self:
            is_promise = tx.state == "pending" and tx.provider_code == "custom"
            if (
                tx.state not in ("pending", "done")
                or tx.paynow_mailed_state in (tx.state, "done")
                or tx.source_transaction_id  # A refund, or part of a payment.
                or is_promise  # A wire transfer that the payer has yet to make.
            ):
                continue
            tx.paynow_mailed_state = tx.state
            try:
                with self.env.cr.savepoint():
                    tx._paynow_send_receipt()
            except (
                UserError,
                ValueError,
            ) as error:  # What rendering a template raises.
                _logger.warning("No receipt for transaction %s: %s", tx.id, error)
                tx._log_message_on_linked_documents(
                    self.env._("Pay Now: the receipt could not be mailed to the payer.")
                )

    def _paynow_send_receipt(self):
        """Queue the receipt of this payment and have the queue worked off now."""
        self.ensure_one()
        template_sudo = self.env.ref("paynow_module.mail_template_receipt").sudo()
        template_sudo.send_mail(self.id, email_values={"email_to": self.paynow_email})
        # In sudo mode as the queue is otherwise worked off once an hour.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
