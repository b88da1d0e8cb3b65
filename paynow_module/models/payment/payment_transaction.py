# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.fields import Command

from ...exceptions import PaynowRefusal
from ..limits.paynow_attempt import SOURCES

# Where the payer lands once the provider has answered.
LANDING_ROUTE = "/PAYNOW/receipt"


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    # Odoo's portal takes payments of sale receipts, too, but reads only these back: it
    # would book what was paid and match it with nothing.
    invoice_ids = fields.Many2many(
        domain=[
            (
                "move_type",
                "in",
                ("out_invoice", "out_refund", "in_invoice", "in_refund", "out_receipt"),
            )
        ]
    )
    is_paynow = fields.Boolean(
        string="Pay Now",
        help="Whether this payment was made on the public Pay Now page, or"
        " automatically.",
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
    paynow_source = fields.Selection(
        string="Pay Now source",
        selection=SOURCES,
        help="Whether the payer came by themselves, or by a mailed link, a QR code or a"
        " button.",
        readonly=True,
        copy=False,
    )
    paynow_is_known = fields.Boolean(
        string="By a known payer",
        help="Whether the payer came by a link that was mailed to the client, or was"
        " logged in as the client. Else they typed address and number, as any stranger"
        " may who knows them.",
        readonly=True,
        copy=False,
    )
    paynow_released_date = fields.Datetime(
        string="Released",
        help="When somebody let others pay what this payment was begun for, although"
        " the provider has not settled it.",
        readonly=True,
        copy=False,
    )
    paynow_replaced_by_id = fields.Many2one(
        comodel_name="payment.transaction",
        string="Replaced by",
        help="The newer try of the same payer, begun before this one was paid.",
        readonly=True,
        copy=False,
    )

    @api.model
    def _paynow_guard(self, invoice_id, proof, form, website, visitor=None):
        """Return the values with which a Pay Now transaction may be created, or refuse.

        This is the only way to a Pay Now transaction. It locks the invoice, so it must
        run in the database transaction that creates the payment transaction, before
        anything that has an effect outside the database.

        :param int invoice_id: The invoice that the page was opened for.
        :param str proof: The proof that the page carried, see `account.move`.
        :param dict form: What the payment form sent; nothing in it is trusted.
        :param website website: The website of the request.
        :param str visitor: See `_paynow_get_payable` of `account.move`.
        :return: The keyword arguments for `_create_transaction` of `payment`.
        :rtype: dict
        :raise PaynowRefusal: If this payment may not be made.
        """
        proven = self.env["account.move"]._paynow_read_proof(
            website._paynow_get_company(), proof, lock=True
        )
        if not proven or proven.invoice_sudo.id != invoice_id:
            raise PaynowRefusal(
                self.env._(
                    "This page was open for too long. Please enter your invoice again."
                )
            )
        invoice_sudo, amount = proven.invoice_sudo, proven.amount
        self._paynow_check_form(form, amount)
        extra_values = self._paynow_prepare_extra_values(form)
        proven.check_payable(visitor)
        providers_sudo, methods_sudo = self.env["payment.provider"]._paynow_get_options(
            invoice_sudo.company_id,
            website,
            partner=proven.partner_sudo,
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
            "partner_id": proven.partner_sudo.id,
            "flow": form["flow"],
            "tokenization_requested": False,
            "landing_route": LANDING_ROUTE,
            "is_validation": False,
            "custom_create_values": {
                "invoice_ids": [Command.set(proven.invoices_sudo.ids)],
                "is_paynow": True,
                "paynow_email": proven.email,
                "paynow_is_known": bool(
                    invoice_sudo.env.context.get("paynow_is_known")
                ),
                "paynow_source": proven.source,
                "paynow_visitor": visitor,
                "tokenize": False,
                **self._paynow_prepare_allocations(proven),
                **self._paynow_prepare_authorization(proven, method_sudo, form),
                **extra_values,
            },
        }

    @api.model
    def _paynow_get_extra_fields(self):
        """Return what the payment form may send of the payer's own.

        To take more from the payer, override this and `_paynow_prepare_extra_values`.

        :return: Names of fields of a transaction; the form sends them under these.
        :rtype: list[str]
        """
        return []

    @api.model
    def _paynow_prepare_extra_values(self, form):
        """Prepare what the payer adds to the payment, see `_paynow_get_extra_fields`.

        :param dict form: What the payment form sent; nothing in it is trusted.
        :return: The values of these fields.
        :rtype: dict
        :raise PaynowRefusal: If it can't be taken, with what is wrong.
        """
        return {}

    def _paynow_get_landing_route(self):
        """Return where the payer of this transaction lands.

        `outcome` overrides it to name the payment in the address.

        :rtype: str
        """
        self.ensure_one()
        return LANDING_ROUTE

    def _paynow_prepare_form_values(self, values):
        """Prepare what the payment form gets of a transaction that was begun.

        `outcome` overrides it to name the page that answers.

        :param dict values: See `_get_processing_values` of `payment`.
        :rtype: dict
        """
        self.ensure_one()
        return values

    @api.model
    def _paynow_check_form(self, form, amount):
        """Check that the payment form asks for what the page offered and nothing else.

        :param dict form: What the payment form sent.
        :param float amount: The proven amount.
        :raise PaynowRefusal: If it doesn't.
        """
        ids = [form.get("provider_id"), form.get("payment_method_id")]
        if (
            set(form) - self._paynow_get_form_keys()
            or not all(type(id_) is int for id_ in ids)  # True is an int, too.
            or form.get("token_id") is not None
            or type(form.get("amount")) not in (int, float)
            or form["amount"] != amount
            or form.get("flow") not in ("redirect", "direct")
            or form.get("tokenization_requested")
            or form.get("is_validation")
            or form.get("landing_route") not in (None, LANDING_ROUTE)
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
        for tx in txs.filtered(lambda tx: tx._paynow_is_by_payer()):
            start_sudo = Attempt.sudo().search(
                [("transaction_id", "=", tx.id), ("kind", "=", "payment_started")],
                limit=1,
            )  # In sudo mode as whoever brings the news may not read attempts.
            Attempt._record(
                start_sudo.company_id or tx.company_id,  # Whose page it was.
                "payment_declined",
                source=start_sudo.source or "page",
                ip=start_sudo.ip,
                is_known=start_sudo.is_known,
                invoice_id=tx.invoice_ids[:1].id,
                transaction_id=tx.id,
            )
        return txs
