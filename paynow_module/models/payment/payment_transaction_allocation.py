# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Command


class PaymentTransaction(models.Model):
    """A payment of several open items: which of them gets how much.

    In the books it is one payment with one line on the outstanding account, as the
    provider pays it out, and a receivable line for each item, matched with that alone.
    """

    _inherit = "payment.transaction"

    paynow_is_split = fields.Boolean(
        string="Pays several items",
        help="Whether the payer chose what each open item gets of this payment.",
        readonly=True,
        copy=False,
    )
    paynow_allocation_ids = fields.One2many(
        string="Pay Now allocations",
        comodel_name="paynow.allocation",
        inverse_name="transaction_id",
        readonly=True,
        copy=False,
    )

    def _paynow_get_allocations(self):
        """Return what this payment, or the one that it is a part of, has for each item.

        :return: The allocations, in the order in which they are booked; none of a
            payment that is for one invoice as a whole.
        :rtype: paynow.allocation
        """
        source = self._paynow_get_source()
        if not source.paynow_is_split:  # As most are: nothing is asked.
            return self.env["paynow.allocation"]
        return source.paynow_allocation_ids.sorted("id")

    def _paynow_spread(self, amount, skipped=0.0):
        """Share an amount of this payment out among its allocations, in their order.

        :param float amount: The amount in the currency of the transaction.
        :param float skipped: What of the payment comes before it, as parts do.
        :rtype: dict[paynow.allocation, float]
        """
        self.ensure_one()
        currency, shares = self.currency_id, {}
        if not amount:
            return shares
        for allocation in self._paynow_get_allocations():
            before = min(skipped, allocation.amount)
            skipped = currency.round(skipped - before)
            share = currency.round(min(amount, allocation.amount - before))
            amount = currency.round(amount - share)
            if share > 0:
                shares[allocation] = share
        return shares

    def _paynow_get_shares(self, payment=None):
        """Return what each item gets of this transaction, after what came before it.

        What was returned came before it, too: the bank pays no item twice.

        :param account.payment payment: The payment; none if it is to be made.
        :rtype: dict[paynow.allocation, float]
        """
        self.ensure_one()
        earlier = self._paynow_get_source()._paynow_get_parts().payment_id
        if payment:
            earlier = earlier.filtered(lambda other: other.id < payment.id)
        amount = payment.amount if payment else self.amount
        return self._paynow_spread(amount, sum(earlier.mapped("amount")))

    def _paynow_get_under_way_for(self, invoice, is_counted):
        """Return what may still come into the books for one invoice of this payment.

        :param account.move invoice: The invoice.
        :param bool is_counted: See `_paynow_get_under_way`.
        :return: The amount in the currency of the transaction.
        :rtype: float
        """
        shares = self._paynow_get_allocations_under_way(is_counted)
        if shares is None:
            return self._paynow_get_under_way(is_counted)
        return self.currency_id.round(
            sum(
                share
                for allocation, share in shares.items()
                if allocation.invoice_id == invoice
            )
        )

    def _paynow_get_allocations_under_way(self, is_counted):
        """Return what may still come into the books for each item of this payment.

        :param bool is_counted: See `_paynow_get_under_way`.
        :return: The amounts; None of a payment that is for one invoice as a whole.
        :rtype: dict[paynow.allocation, float]|None
        """
        self.ensure_one()
        if not self.paynow_is_split:
            return None
        amount = self._paynow_get_under_way(is_counted)
        booked = (self | self._paynow_get_parts()).filtered("payment_id")
        return self._paynow_spread(amount, sum(booked.mapped("amount")))

    @api.model
    def _paynow_prepare_allocations(self, proven):
        """Return the values of a transaction that say which item gets how much.

        :param Proof proven: What the payer has proven.
        :return: The values; none for one invoice.
        :rtype: dict
        """
        if not proven.picks:
            return {}
        return {
            "paynow_is_split": True,
            "paynow_allocation_ids": [
                Command.create(
                    {
                        "line_id": pick.line_id,
                        "invoice_id": pick.invoice_id,
                        "amount": pick.amount,
                        "reason": pick.reason or False,
                    }
                )
                for pick in proven.picks
            ],
        }

    @api.model
    def _paynow_get_purpose(self, values):
        """Return what a payment is for, to tell whether another one is for the same.

        :param dict values: The `custom_create_values` that the guard returned.
        :rtype: set
        """
        return {
            (values["line_id"], values["amount"], values["reason"])
            for _command, _id, values in values.get("paynow_allocation_ids", ())
        }

    def _paynow_is_for(self, purpose):
        """Tell whether this payment is for the same items as another one.

        :param set purpose: See `_paynow_get_purpose`.
        :rtype: bool
        """
        self.ensure_one()
        own = self.paynow_allocation_ids if self.paynow_is_split else ()
        return purpose == {
            (each.line_id.id, each.amount, each.reason or False) for each in own
        }

    # === CHATTER === #

    def _get_invoices_to_notify(self):
        """Override of `account_payment` to write on many invoices at once, below."""
        invoices = super()._get_invoices_to_notify()
        return invoices.browse() if self.paynow_is_split else invoices

    def _log_message_on_linked_documents(self, message):
        """Override of `payment` to write on many invoices at once."""
        res = super()._log_message_on_linked_documents(message)
        if self.paynow_is_split:
            is_staff = self.env.su and self.env.uid == SUPERUSER_ID
            is_staff = is_staff or self.env.context.get("payment_backend_action")
            author = self.env.user.partner_id if is_staff else self.partner_id
            self.invoice_ids._message_log_batch(
                dict.fromkeys(self.invoice_ids.ids, message), author_id=author.id
            )
        return res

    # === BOOKS === #

    @api.model
    def _compute_reference_prefix(self, separator, **values):
        """Override of `account_payment` to name the first of many invoices only.

        Providers take some dozens of characters.
        """
        prefix = super()._compute_reference_prefix(separator, **values)
        if not values.get("paynow_is_split"):
            return prefix
        invoice_ids = self._fields["invoice_ids"].convert_to_cache(
            values["invoice_ids"], self
        )
        # In sudo mode as payers can't read invoices.
        first, *others = self.env["account.move"].sudo().browse(invoice_ids)
        return (
            f"{first.name}{separator}and{separator}{len(others)}" if others else prefix
        )

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to leave it to us which item gets how much."""
        if not self._paynow_get_source().paynow_is_split or self.operation == "refund":
            return super()._create_payment(**extra_create_values)
        tx = self.with_context(paynow_is_split=True)
        payment = super(PaymentTransaction, tx)._create_payment(**extra_create_values)
        payment = payment.with_context(paynow_is_split=False)
        payment._paynow_match()  # With what was a draft until Odoo posted it just now.
        return payment

    def _paynow_split_counterpart(self, payment, counterpart, write_offs):
        """Split the receivable line of an entry: one for each item.

        :param account.payment payment: The payment, not in the books yet.
        :param dict counterpart: The values of the one line, as `account` prepares it.
        :param list[dict] write_offs: Those of the lines that book the discounts.
        :return: The values of the lines.
        :rtype: list[dict]
        """
        self.ensure_one()
        currency, company = payment.currency_id, payment.company_id
        discounts = self._paynow_get_discounts(payment) if write_offs else {}
        left = {
            "amount_currency": counterpart["amount_currency"],
            "balance": counterpart["debit"] - counterpart["credit"],
        }
        tx, booked, booked_balance, lines = self._paynow_for_chatter(), 0.0, 0.0, []
        for allocation, share in tx._paynow_get_shares(payment).items():
            booked += share
            # Rounded one by one they might be more than the whole.
            balance = currency._convert(
                booked, company.currency_id, company, payment.date
            )
            lost = discounts.get(allocation, [])
            lines.append(
                {
                    "name": allocation.number,
                    "account_id": (
                        allocation._get_account().id or counterpart["account_id"]
                    ),
                    "paynow_allocation_id": allocation.id,
                    "amount_currency": -currency.round(
                        share + sum(line["amount_currency"] for line in lost)
                    ),
                    "balance": booked_balance
                    - balance
                    - sum(line["balance"] for line in lost),
                }
            )
            booked_balance = balance
        common = {
            key: value
            for key, value in counterpart.items()
            if key not in ("debit", "credit")
        }
        for key in left:
            left[key] -= sum(line[key] for line in lines)
        if not currency.is_zero(left["amount_currency"]):
            lines.append(left)  # More than the payer chose: a credit.
        return [
            {
                **common,
                **line,
                "balance": company.currency_id.round(line["balance"]),
            }
            for line in lines
        ]
