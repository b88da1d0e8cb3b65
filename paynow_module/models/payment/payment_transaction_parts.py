# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields, models

#: A payment in one of these states is no money, unless a person was told otherwise.
FAILED = ("cancel", "error")
# A payer fills in a provider's page within this time; later, a draft is abandoned.
DRAFT_VALIDITY = timedelta(minutes=15)


class PaymentTransaction(models.Model):
    """A payment is a transaction with its parts: what was captured, voided, refunded.

    `payment` makes a child transaction of each capture, void and refund. The invoices
    stand on the source only, the entries on whichever was posted, so whoever speaks of
    a payment asks here for the whole of it.
    """

    _inherit = "payment.transaction"

    paynow_problem = fields.Char(
        string="Pay Now problem",
        help="Why this payment is not in the books, or what must be looked at.",
        readonly=True,
        copy=False,
    )

    # === THE WHOLE === #

    def _paynow_get_source(self):
        """Return the transaction that the payer made, of which this may be a part.

        :rtype: payment.transaction
        """
        self.ensure_one()
        tx = self
        while tx.source_transaction_id:  # A refund of a captured part has two.
            tx = tx.source_transaction_id
        return tx

    def _paynow_get_invoices(self):
        """Return the invoices that this payment or part is for.

        :rtype: account.move
        """
        return self._paynow_get_source().invoice_ids

    def _paynow_get_parts(self):
        """Return what was captured and voided of this payment, whatever became of it.

        :rtype: payment.transaction
        """
        return self.child_transaction_ids.filtered(lambda tx: tx.operation != "refund")

    def _paynow_get_refunds(self):
        """Return the refunds of this payment and of its parts.

        :rtype: payment.transaction
        """
        children = self.child_transaction_ids
        return (children | children.child_transaction_ids).filtered(
            lambda tx: tx.operation == "refund"
        )

    def _paynow_get_payments(self):
        """Return the entries of this payment and of its parts, refunds left out.

        :rtype: account.payment
        """
        return (self | self._paynow_get_parts()).payment_id

    # === AMOUNTS === #

    def _paynow_get_received(self):
        """Return what was received by this payment, refunds not deducted.

        :return: The amount in its currency; 0 if nothing was, or all was returned.
        :rtype: float
        """
        self.ensure_one()
        if self.state != "done":
            return 0.0
        parts = self._paynow_get_parts().filtered(lambda tx: tx.state != "error")
        if self.payment_id or not parts.filtered(lambda tx: tx.state != "draft"):
            return self.amount
        received = parts.filtered(lambda tx: tx.state == "done")
        return self.currency_id.round(sum(received.mapped("amount")))

    def _paynow_get_refunded(self):
        """Return what was refunded of this payment.

        :return: The amount in its currency, positive.
        :rtype: float
        """
        self.ensure_one()
        refunds = self._paynow_get_refunds().filtered(lambda tx: tx.state == "done")
        return -self.currency_id.round(sum(refunds.mapped("amount")))

    def _paynow_get_credit(self):
        """Return what no invoice took of this payment: a credit of the client.

        :return: The amount in its currency.
        :rtype: float
        """
        self.ensure_one()
        payments = self._paynow_get_payments().filtered(
            lambda payment: payment.state in ("in_process", "paid")
        )
        credit = sum(payment._paynow_get_unallocated() for payment in payments)
        return self.currency_id.round(credit)

    def _paynow_get_credit_lines(self):
        """Return the lines of this payment's entries that no invoice took.

        :rtype: account.move.line
        """
        return self._paynow_get_payments().move_id.line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and not line.reconciled
                and line.amount_residual_currency < 0
            )
        )

    def _paynow_get_under_way(self, is_counted):
        """Return what may still come into the books by this payment and its parts.

        Odoo's state of the source says little once there are parts: it is settled when
        all of them are, posted or not, and a part may fail, or come, by itself.

        :param bool is_counted: Whether the transaction itself may still bring all that
            its parts have not settled.
        :return: The amount in its currency, never more than that of the payment.
        :rtype: float
        """
        self.ensure_one()
        parts = self._paynow_get_parts()
        live = parts.filtered(lambda part: part._paynow_is_live())
        settled = (parts - live).filtered(lambda part: part.state == "done")
        if not (self.state == "done" and self.paynow_problem):
            # Otherwise what was voided may have been taken; a person finds out.
            settled |= (parts - live).filtered(lambda part: part.state == "cancel")
        amount = sum(settled.mapped("amount"))
        if self.state == "done" and self.payment_id:
            amount += self.amount
        rest = max(0.0, self.amount - amount)
        if not is_counted:
            rest = min(rest, sum(live.mapped("amount")))
        if not self.payment_id:
            # What the provider confirmed comes, whatever was settled before it.
            confirmed = live.filtered(lambda part: part.state == "done")
            rest = max(rest, min(self.amount, sum(confirmed.mapped("amount"))))
        return self.currency_id.round(rest)

    def _paynow_is_in_flight(self, visitor=None):
        """Tell whether this transaction may still bring all that it was begun for.

        `autopay` overrides it: its drafts count until their outcome is known.

        Whoever knows address and number can begin a payment and leave it so. That
        delays others of whom no more is known, and neither reminders nor automatic
        payments nor who came by a mailed link or is logged in. Nor does a bank payment
        of a stranger, once who came by a link tells that it is not theirs.

        :param str visitor: Who asks; their own drafts don't stand in their way. None
            where nobody visits.
        :rtype: bool
        """
        self.ensure_one()
        asks_stranger = bool(visitor) and not self.env.context.get("paynow_is_known")
        if self.state == "draft":
            is_own = visitor and self.paynow_visitor == visitor
            young = fields.Datetime.now() - DRAFT_VALIDITY
            is_heard = asks_stranger or self._paynow_is_by_known()
            return self.create_date >= young and not is_own and is_heard
        if self.state == "pending":
            is_disowned = bool(visitor) and self.env.context.get("paynow_disowns")
            is_disowned = is_disowned and not self._paynow_is_by_known()
            is_promise = self.provider_code == "custom"
            if is_promise or is_disowned or self.paynow_released_date:
                return False
        return self._paynow_is_live()

    def _paynow_is_by_known(self):
        """Tell whether the client began this payment, as far as we can know.

        Odoo's own pages ask for a login or for a link that was mailed.

        :rtype: bool
        """
        self.ensure_one()
        return not self.is_paynow or self.paynow_is_known

    def _paynow_is_by_payer(self):
        """Tell whether a payer made this payment and waits for its outcome.

        `autopay` overrides it: nobody waits while its payments are made.

        :rtype: bool
        """
        self.ensure_one()
        return self.is_paynow and not self.source_transaction_id

    def _paynow_is_live(self):
        """Tell whether this transaction may bring money that is not in the books yet.

        :rtype: bool
        """
        self.ensure_one()
        if self.state == "done":
            return not self.payment_id and (
                not self.is_post_processed or bool(self.paynow_problem)
            )
        if self.state in FAILED:
            # Money may have moved all the same; a person finds out.
            return bool(self.paynow_problem)
        return self.state in ("pending", "authorized")

    def _paynow_has_gap(self):
        """Tell whether the provider confirmed more of this payment than is booked.

        Asked once it was posted: `account_payment` makes no entry of a source that has
        parts, whatever their amounts are.

        :rtype: bool
        """
        self.ensure_one()
        if (
            self.state != "done"
            or not self.is_post_processed
            or self.payment_id
            or self.provider_code == "custom"  # Booked when it arrives at the bank.
            or self.operation == "validation"
        ):
            return False
        parts = self._paynow_get_parts()
        done = parts.filtered(lambda part: part.state == "done")
        voided = parts.filtered(lambda part: part.state == "cancel")
        amount = sum((done | voided).mapped("amount"))
        return not done or self.currency_id.compare_amounts(amount, self.amount) < 0
