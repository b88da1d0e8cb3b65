# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models

from ..payment.payment_provider import BANK_DEBIT_CODES


class PaymentTransaction(models.Model):
    """What an automatic payment is to the rest: its key, its news."""

    _inherit = "payment.transaction"

    paynow_run_key = fields.Char(
        string="Automatic payment of",
        help="The invoice and the day of an automatic payment, by which it is unique.",
        readonly=True,
        copy=False,
    )

    _paynow_run_key_uniq = models.UniqueIndex(
        "(paynow_run_key) WHERE paynow_run_key IS NOT NULL",
        "This invoice was paid automatically for this day already.",
    )

    # === NEWS === #

    def _apply_updates(self, payment_data):
        """Override of `payment` to know what a decline means, and what never ends."""
        if not self.paynow_run_key:
            return super()._apply_updates(payment_data)
        answer = self.env.context.get("paynow_answer")
        if decline := self.provider_id._paynow_get_decline(payment_data):
            if answer is None:
                self = self.with_context(paynow_answer={"decline": decline})  # noqa: PLW0642
            else:
                answer["decline"] = decline
        if self.provider_id._paynow_is_waiting(payment_data):
            return self._paynow_autopay_give_up(payment_data)
        return super()._apply_updates(payment_data)

    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment` to plan what comes after an automatic payment.

        In the database transaction of the news, whoever brings them.
        """
        states = {tx: tx.state for tx in self}
        txs = super()._update_state(allowed_states, target_state, state_message)
        answer = self.env.context.get("paynow_answer") or {}
        if answer.get("is_unclear"):
            return txs  # It is no decline, and about to be rolled back.
        for tx in txs.filtered("paynow_run_key"):
            # In sudo mode as the news may come from a provider or an accountant.
            tx_sudo = tx.sudo()
            if states[tx] == "draft":
                tx_sudo.paynow_problem = False
            tx_sudo.invoice_ids._paynow_autopay_follow(
                tx_sudo, states[tx], answer.get("decline")
            )
        return txs

    # === WHAT LOWER ROOMS ASK === #

    def _paynow_is_in_flight(self, visitor=None):
        """Override to count a draft of ours until its outcome is known."""
        if self.paynow_run_key and self.state == "draft":
            return True
        return super()._paynow_is_in_flight(visitor)

    def _paynow_is_by_payer(self):
        """Override to leave out automatic payments, which tell of theirs."""
        return super()._paynow_is_by_payer() and not self.paynow_run_key

    def _paynow_get_method_name(self):
        """Override to say that a payment was made automatically, with what."""
        if not self.paynow_run_key:
            return super()._paynow_get_method_name()
        return self.env._(
            "%(method)s, automatically",
            method=self.token_id._paynow_get_autopay_name(),
        )

    # === HELPERS === #

    def _paynow_get_run_date(self):
        """Return the day for which this automatic payment was scheduled.

        :rtype: datetime.date
        """
        return fields.Date.to_date(self.paynow_run_key.partition(":")[2])

    def _paynow_is_bank_debit(self):
        """Tell whether a bank account is debited, which a bank may return.

        :rtype: bool
        """
        return self.payment_method_code in BANK_DEBIT_CODES
