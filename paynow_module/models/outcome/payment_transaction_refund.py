# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class PaymentTransaction(models.Model):
    """Refunds, made by staff or at the provider: told to the payer, and booked."""

    _inherit = "payment.transaction"

    paynow_refundable_credit = fields.Monetary(
        string="Pay Now credit",
        help="What no invoice took of this payment and was not refunded yet.",
        compute="_compute_paynow_refundable_credit",
        compute_sudo=True,  # Accountants who see a payment may see its entries.
    )

    @api.depends("payment_id", "child_transaction_ids.state")
    def _compute_paynow_refundable_credit(self):
        for tx in self:
            credit = 0.0
            if tx.is_paynow and tx.state == "done" and tx.operation != "refund":
                refunds = tx._paynow_get_refunds().filtered(
                    lambda refund: (
                        refund.state in ("draft", "pending", "authorized")
                        or (refund.state == "done" and not refund.is_post_processed)
                    )
                )
                credit = tx._paynow_get_credit() + sum(refunds.mapped("amount"))
            tx.paynow_refundable_credit = max(0.0, credit)

    def action_paynow_refund_credit(self):
        """Refund, through the provider, what no invoice took of this payment.

        :return: Odoo's notification of what became of it.
        :rtype: dict
        :raise UserError: If there is nothing to refund, or the provider can't.
        """
        self.ensure_one()
        self._paynow_check_rights()
        # In sudo mode as accountants can't write on transactions.
        tx_sudo = self.sudo().with_context(
            payment_backend_action=True, paynow_refunds_credit=True
        )
        tx_sudo._paynow_get_invoices()._paynow_lock()  # A second click comes later.
        tx_sudo.lock_for_update()
        txs_sudo = tx_sudo if tx_sudo.payment_id else tx_sudo._paynow_get_parts()
        refunds_sudo = tx_sudo.browse()
        for part_sudo in txs_sudo.filtered("paynow_refundable_credit"):
            credit = part_sudo.paynow_refundable_credit
            support = part_sudo.provider_id.support_refund
            method_sudo = part_sudo.primary_payment_method_id
            is_whole = not part_sudo.currency_id.compare_amounts(
                credit, part_sudo.amount
            )
            supports = {support, method_sudo.support_refund}
            if "none" in supports or ("full_only" in supports and not is_whole):
                raise UserError(
                    self.env._(
                        "%(provider)s does not take refunds of this amount from here."
                        " Refund it there, or pay it out and match it with the credit.",
                        provider=part_sudo.provider_id.name,
                    )
                )
            refunds_sudo |= part_sudo._refund(amount_to_refund=credit)
        if not refunds_sudo:
            raise UserError(self.env._("No open credit is left of this payment."))
        return refunds_sudo._build_action_feedback_notification()

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to match the refund of a credit with it.

        What no invoice took is owed to the client until it is refunded; left open, both
        would stand in their account for ever.
        """
        payment = super()._create_payment(**extra_create_values)
        is_for_items = bool(self.paynow_allocation_ids)
        if self.is_paynow and self.operation == "refund" and not is_for_items:
            refund_lines = payment.move_id.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            lines = self.source_transaction_id._paynow_get_credit_lines()
            lines = lines.filtered(
                lambda line: line.account_id == refund_lines[:1].account_id
            )
            if lines:
                (lines | refund_lines).reconcile()
        return payment

    def _post_process(self):
        """Override of `account_payment` to tell of refunds once they are booked."""
        res = super()._post_process()
        for tx in self:
            if (
                tx.is_paynow
                and tx.operation == "refund"
                and tx.state == "done"
                and not tx.paynow_mailed_state
            ):
                tx.paynow_mailed_state = tx.state
                tx._paynow_tell_refund()
        return res

    def _paynow_tell_refund(self):
        """Tell the payer of this refund, and the accountant what is left to do."""
        self.ensure_one()
        source = self._paynow_get_source()
        source.with_context(
            paynow_amount=-self.amount, paynow_refund_id=self.id
        )._paynow_mail("paynow_module.mail_template_refunded")
        lines = self.payment_id.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        open_amount = sum(lines.mapped("amount_residual_currency"))
        if self.paynow_allocation_ids:
            if self._paynow_get_opened():
                self._paynow_for_staff()._paynow_tell_opened()
            return
        if self.currency_id.compare_amounts(open_amount, 0.0) <= 0:
            return  # It gave a credit back: no invoice is concerned.
        staff_self = self._paynow_for_staff()
        staff_self._paynow_alert(
            staff_self.env._("Pay Now: payment refunded"),
            staff_self.env._(
                "%(amount)s of payment %(ref)s was refunded. Invoice %(invoice)s stays"
                " paid, as nothing says that it was wrong: if it was, make a credit"
                " note and match it with the refund %(payment)s.",
                amount=formatLang(
                    staff_self.env, -self.amount, currency_obj=self.currency_id
                ),
                ref=source.reference,
                invoice=", ".join(source.invoice_ids.mapped("name")),
                payment=self.payment_id.name or self.reference,
            ),
        )

    def _paynow_tell_opened(self):
        """Tell the accountant which items this refund has opened again."""
        self._paynow_alert(
            self.env._("Pay Now: payment refunded"),
            self.env._(
                "%(amount)s of payment %(ref)s was refunded. Open again: %(items)s."
                " Where the client shall not pay that, make a credit note.",
                amount=formatLang(
                    self.env, -self.amount, currency_obj=self.currency_id
                ),
                ref=self._paynow_get_source().reference,
                items=", ".join(
                    f"{number} ({self.currency_id._paynow_format(amount)})"
                    for number, amount in self._paynow_get_opened()
                ),
            ),
        )

    def _paynow_get_receipt(self):
        """Override to say what the refund that is told of has opened again."""
        refund = self.browse(self.env.context.get("paynow_refund_id"))
        return {
            **super()._paynow_get_receipt(),
            "opened": [
                {"number": number, "amount": self.currency_id._paynow_format(amount)}
                for number, amount in refund._paynow_get_opened()
            ],
        }

    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment` to tell of a refund that fails after it was booked."""
        booked = self.filtered(
            lambda tx: tx.is_paynow and tx.operation == "refund" and tx.state == "done"
        )
        txs = super()._update_state(allowed_states, target_state, state_message)
        for tx in (txs & booked).filtered(lambda tx: tx.state == "error"):
            tx._paynow_for_staff()._paynow_tell_late_news("error", state_message)
        return txs
