# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..payment.payment_transaction_parts import FAILED


class PaymentTransaction(models.Model):
    """Money that doesn't stay: returned by the bank, or never come after all."""

    _inherit = "payment.transaction"

    # === RETURNED === #

    def action_paynow_return(self):
        """Open the dialog in which a bank payment is marked as returned.

        :rtype: dict
        """
        self._paynow_check_rights()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mark as returned"),
            "res_model": "paynow.return",
            "view_mode": "form",
            "target": "new",
            "context": {"default_transaction_id": self.id},
        }

    def _paynow_mark_returned(self, reason, date, note=""):
        """Take back a payment that the bank returned: the invoice is open again.

        Of a payment that was captured in parts, all parts are taken back; of a part,
        only that.

        :param str reason: The reason code and its meaning.
        :param datetime.date date: The date of the return.
        :param str note: What else there is to say, for the accountant.
        :raise UserError: If the payment was not received in the first place, or the day
            is yet to come.
        """
        self.ensure_one()
        self = self.with_context(tz=self.company_id._paynow_get_zone())  # noqa: PLW0642
        source = self._paynow_get_source()
        source.invoice_ids._paynow_lock()
        if not self.is_paynow or self.state != "done" or self.operation == "refund":
            raise UserError(
                self.env._("Only a Pay Now payment that was received can be returned.")
            )
        if date > self.company_id._paynow_get_today():
            raise UserError(self.env._("The day of the return can't be in the future."))
        parts = self._paynow_get_parts().filtered(lambda part: part.state == "done")
        txs = parts if parts and not self.payment_id else self
        amount = self.currency_id.round(sum(txs.mapped("amount")))
        message = self.env._("Returned by the bank: %(reason)s", reason=reason)
        txs._paynow_take_back(message, date)
        parts = source._paynow_get_parts()
        if source.state == "done" and not any(part.state == "done" for part in parts):
            source._paynow_take_back(message, date)
        text = self.env._(
            "Pay Now: payment %(ref)s of %(amount)s was returned by the bank on"
            " %(date)s: %(reason)s %(note)s",
            ref=self.reference,
            amount=formatLang(self.env, amount, currency_obj=self.currency_id),
            date=fields.Date.to_string(date),
            reason=reason,
            note=note or "",
        )
        source.invoice_ids._message_log_batch(
            dict.fromkeys(source.invoice_ids.ids, text)
        )
        self._paynow_alert(self.env._("Pay Now: payment returned"), text)
        source.with_context(paynow_amount=amount)._paynow_mail(
            "paynow_module.mail_template_returned"
        )

    def _paynow_take_back(self, message, date):
        """Cancel received transactions and reverse, natively, their entries.

        :param str message: Why.
        :param datetime.date date: The day of the return.
        """
        # Odoo settles the source with its last part, and this one is settled already.
        txs = self.with_context(paynow_is_return=True, paynow_return_date=date)
        txs._set_canceled(state_message=message, extra_allowed_states=("done",))
        txs._post_process()
        self.paynow_problem = False

    # === NEVER COME === #

    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment` to tell of a payment that failed after it was begun.

        Whoever was told that their payment is on its way must hear that it is not. A
        decline at once is told on the page.
        """
        states = {tx: tx.state for tx in self}
        txs = super()._update_state(allowed_states, target_state, state_message)
        for tx in txs:
            if (
                states[tx] in ("pending", "authorized")
                and tx.state in FAILED
                and not (states[tx] == "pending" and tx.provider_code == "custom")
                and tx._paynow_is_by_payer()
                and not self.env.context.get("paynow_is_unclear")
            ):
                tx._paynow_tell_failure()
        return txs

    def _paynow_tell_failure(self):
        """Tell the payer, with a way to pay, and the accountant, that nothing came."""
        self.ensure_one()
        if not self.env.context.get("payment_backend_action"):  # Staff voided it.
            staff_self = self._paynow_for_staff()
            staff_self._paynow_alert(
                staff_self.env._("Pay Now: payment failed"),
                staff_self.env._(
                    "Payment %(ref)s of %(amount)s for invoice %(invoice)s was on its"
                    " way and failed: %(message)s The invoice is open again, and the"
                    " payer was mailed a link to pay.",
                    ref=self.reference,
                    amount=staff_self._paynow_format_amount(),
                    invoice=", ".join(self.invoice_ids.mapped("name")),
                    message=self.state_message or "",
                ),
            )
        self._paynow_mail("paynow_module.mail_template_failed")
