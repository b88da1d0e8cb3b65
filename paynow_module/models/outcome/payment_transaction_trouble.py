# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import formatLang


class PaymentTransaction(models.Model):
    """What can go wrong with a payment after it was made, and who is told.

    How a payment is made: `payment_transaction.py`; how those that are not in the books
    get there: `payment_transaction_watchdog.py`; those that come back or are given
    back: `payment_transaction_return.py`, `payment_transaction_refund.py`.
    """

    _inherit = "payment.transaction"

    # === NEWS THAT SOMEBODY MUST HEAR === #

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to tell of money that no invoice took.

        And to book none of it twice.
        """
        source = self._paynow_get_source()
        if self.is_paynow and self.operation != "refund" and source.payment_id:
            # A part of what was booked as a whole: `_post_process` tells of it.
            return self.env["account.payment"]
        payment = super()._create_payment(**extra_create_values)
        if self.is_paynow and self.operation != "refund":
            self._paynow_tell_unallocated(payment)
        return payment

    def _paynow_tell_unallocated(self, payment):
        """Tell the accountant of the part of a payment that no invoice took.

        That happens where two payments can't be kept apart, or where the invoice was
        paid, credited or cancelled while this payment was on its way.

        :param account.payment payment: The posted payment of this transaction.
        """
        credit = payment._paynow_get_unallocated()
        if payment.currency_id.compare_amounts(credit, 0.0) > 0:
            staff_self = self._paynow_for_staff()
            staff_self._paynow_alert(
                staff_self.env._("Pay Now: payment not allocated"),
                staff_self.env._(
                    "Payment %(payment)s (%(ref)s) of %(amount)s came in, but invoice"
                    " %(invoice)s took only part of it or nothing: %(credit)s is an"
                    " open credit of the client. Press “Refund the credit” on the"
                    " transaction, or allocate it to another invoice.",
                    payment=payment.name,
                    ref=self.reference,
                    amount=staff_self._paynow_format_amount(),
                    invoice=", ".join(self._paynow_get_invoices().mapped("name")),
                    credit=formatLang(
                        staff_self.env, credit, currency_obj=payment.currency_id
                    ),
                ),
            )

    def _post_process(self):
        """Override of `account_payment` to tell of money that it made no entry of."""
        txs = self.filtered(lambda tx: tx.is_paynow and not tx.is_post_processed)
        res = super()._post_process()
        for tx in txs:
            if not tx.paynow_problem and tx._paynow_has_gap():
                tx._paynow_for_staff()._paynow_tell_gap()
        return res

    def _paynow_tell_gap(self):
        """Tell the accountant that the provider confirmed more than was booked."""
        self.paynow_problem = self.env._(
            "The provider confirmed this payment, but it is not in the books, or only"
            " in part. Compare with the provider, and book what was received."
        )
        self._paynow_alert(
            self.env._("Pay Now: payment not booked"),
            f"{self.reference}: {self.paynow_problem}",
        )

    def _create_child_transaction(
        self, amount, is_refund=False, **custom_create_values
    ):
        """Override of `payment` to watch over the parts of a payment, too."""
        if self.is_paynow:
            custom_create_values.setdefault("is_paynow", True)
        return super()._create_child_transaction(
            amount, is_refund=is_refund, **custom_create_values
        )

    def _process(self, provider_code, payment_data):
        """Override of `payment` to leave a payment of another amount to a person.

        Odoo would post the amount of the transaction when the provider reports again.
        """
        tx = self or self._search_by_reference(provider_code, payment_data)
        if tx.is_paynow and tx.state == "error" and tx.paynow_problem:
            return tx
        return super(PaymentTransaction, tx)._process(provider_code, payment_data)

    def _validate_amount(self, payment_data):
        """Override of `payment` to tell of a provider that took another amount.

        Odoo then sets the transaction to `error`, although money may have moved.
        """
        state = self.state
        self_unclear = self.with_context(paynow_is_unclear=True)
        res = super(PaymentTransaction, self_unclear)._validate_amount(payment_data)
        if self.is_paynow and self.state == "error" != state:
            tx = self._paynow_for_staff()
            tx.paynow_problem = tx.env._(
                "%(message)s Compare with the provider, and book what was received.",
                message=self.state_message,
            )
            tx._paynow_alert(
                tx.env._("Pay Now: the provider took another amount"),
                f"{tx.reference}: {tx.paynow_problem}",
            )
        return res

    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment` to tell of a provider's news that come too late.

        Odoo keeps the state of a transaction that is settled, and only writes to its
        log. News of a try that a newer one replaced are never too late: it could not be
        closed at the provider, and what is paid with it is booked.
        """
        replaced = self.browse()
        if target_state in ("pending", "authorized", "done"):
            replaced = self.filtered(
                lambda tx: tx.paynow_replaced_by_id and tx.state == "cancel"
            )
        others = self - replaced
        for tx in others.filtered("is_paynow"):
            states = {tx.state, target_state}
            if (
                tx.state not in allowed_states
                and "done" in states
                and states & {"cancel", "error"}
                and not self.env.context.get("paynow_is_return")
            ):
                tx._paynow_for_staff()._paynow_tell_late_news(
                    target_state, state_message
                )
        txs = super(PaymentTransaction, others)._update_state(
            allowed_states, target_state, state_message
        )
        if replaced:
            txs |= super(PaymentTransaction, replaced)._update_state(
                (*allowed_states, "cancel"), target_state, state_message
            )
        return txs

    def _paynow_tell_late_news(self, target_state, state_message):
        """Tell the accountant that a provider changed its mind on a settled payment.

        :param str target_state: The state that the provider reports.
        :param str state_message: What the provider says.
        """
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        problem = self.env._(
            "The provider now reports %(target)s %(message)s, but the payment is"
            " %(state)s here. Compare with the provider: mark the payment as returned,"
            " or book what was received.",
            target=labels[target_state],
            message=f"({state_message})" if state_message else "",
            state=labels[self.state],
        )
        if not self.paynow_problem:
            self._paynow_alert(
                self.env._("Pay Now: late news from the provider"),
                f"{self.reference}: {problem}",
            )
        self.paynow_problem = problem

    # === HELPERS === #

    def _paynow_alert(self, summary, note):
        """Give the accounting administrator an activity on the invoice of this payment.

        :param str summary: What happened.
        :param str note: The facts and the next step.
        """
        self.ensure_one()
        document = self._paynow_get_invoices()[:1] or self.payment_id or self.partner_id
        document.sudo()._paynow_schedule(
            self.company_id,
            self.company_id.sudo()._paynow_get_administrator(),
            summary=summary,
            note=note,
        )  # In sudo mode as the news may come from a provider or a visitor.

    def _paynow_for_staff(self):
        """Return this payment in the language of who is told of it, not of who pays.

        :rtype: payment.transaction
        """
        user = self.company_id.sudo()._paynow_get_administrator()
        return self.with_context(lang=user.lang or "en_US")

    def _paynow_format_amount(self):
        """Return the amount as the accountant reads it.

        :rtype: str
        """
        return formatLang(self.env, self.amount, currency_obj=self.currency_id)

    def _paynow_check_rights(self):
        """Check that the user may settle what went wrong.

        :raise AccessError: If they are not accounting administrators.
        """
        if not self.env.user.has_group("account.group_account_manager"):
            raise AccessError(self.env._("Only accounting administrators may do this."))
        self.check_access("read")
