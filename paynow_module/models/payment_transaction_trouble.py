# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang


class PaymentTransaction(models.Model):
    """What can go wrong with a payment after it was made, and who is told.

    How a payment is made: `payment_transaction.py`; how those that are not in the books
    get there: `payment_transaction_watchdog.py`.
    """

    _inherit = "payment.transaction"  # pylint: disable=consider-merging-classes-inherited

    paynow_problem = fields.Char(
        string="Pay Now problem",
        help="Why this payment is not in the books, or what must be looked at.",
        readonly=True,
        copy=False,
    )

    # === RETURNS === #

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

        :param str reason: The reason code and its meaning.
        :param datetime.date date: The date of the return.
        :param str note: What else there is to say, for the accountant.
        :raise UserError: If the payment was not received in the first place.
        """
        self.ensure_one()
        if not self.is_paynow or self.state != "done":
            raise UserError(
                self.env._("Only a Pay Now payment that was received can be returned.")
            )
        self._set_canceled(
            state_message=self.env._("Returned by the bank: %(reason)s", reason=reason),
            extra_allowed_states=("done",),
        )
        self._post_process()  # Cancels the payment, so that the invoice is open again.
        self.paynow_problem = False
        message = self.env._(
            "Pay Now: payment %(ref)s of %(amount)s was returned by the bank on"
            " %(date)s: %(reason)s %(note)s",
            ref=self.reference,
            amount=self._paynow_format_amount(),
            date=fields.Date.to_string(date),
            reason=reason,
            note=note or "",
        )
        self.invoice_ids.message_post(body=message)
        self._paynow_tell(self.env._("Pay Now: payment returned"), message)
        self.env.ref("paynow_module.mail_template_returned").send_mail(
            self.id, email_values={"email_to": self.paynow_email}
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # === NEWS THAT SOMEBODY MUST HEAR === #

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to tell of money that no invoice took."""
        payment = super()._create_payment(**extra_create_values)
        if self.is_paynow and self.operation != "refund":
            self._paynow_for_staff()._paynow_tell_unallocated(payment)
        return payment

    def _paynow_tell_unallocated(self, payment):
        """Tell the accountant of the part of a payment that no invoice took.

        That happens where two payments can't be kept apart, or where the invoice was
        paid, credited or cancelled while this payment was on its way.

        :param account.payment payment: The posted payment of this transaction.
        """
        lines = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == payment.destination_account_id
        )
        credit = -sum(lines.mapped("amount_residual_currency"))
        if payment.currency_id.compare_amounts(credit, 0.0) > 0:
            self._paynow_tell(
                self.env._("Pay Now: payment not allocated"),
                self.env._(
                    "Payment %(payment)s (%(ref)s) of %(amount)s came in, but invoice"
                    " %(invoice)s took only part of it or nothing: %(credit)s is an"
                    " open credit of the client. Refund it from the transaction, or"
                    " allocate it to another invoice.",
                    payment=payment.name,
                    ref=self.reference,
                    amount=self._paynow_format_amount(),
                    invoice=", ".join(self.invoice_ids.mapped("name")),
                    credit=formatLang(
                        self.env, credit, currency_obj=payment.currency_id
                    ),
                ),
            )

    def _create_child_transaction(
        self, amount, is_refund=False, **custom_create_values
    ):
        """Override of `payment` to watch over the parts of a captured payment, too."""
        if self.is_paynow and not is_refund:
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
        res = super()._validate_amount(payment_data)
        if self.is_paynow and self.state == "error" != state:
            tx = self._paynow_for_staff()
            tx.paynow_problem = tx.env._(
                "%(message)s Compare with the provider, and book what was received.",
                message=self.state_message,
            )
            tx._paynow_tell(
                tx.env._("Pay Now: the provider took another amount"),
                f"{tx.reference}: {tx.paynow_problem}",
            )
        return res

    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment` to tell of a provider's news that come too late.

        Odoo keeps the state of a transaction that is settled, and only writes to its
        log.
        """
        for tx in self.filtered("is_paynow"):
            states = {tx.state, target_state}
            if (
                tx.state not in allowed_states
                and "done" in states
                and states & {"cancel", "error"}
            ):
                tx._paynow_for_staff()._paynow_tell_late_news(
                    target_state, state_message
                )
        return super()._update_state(allowed_states, target_state, state_message)

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
            self._paynow_tell(
                self.env._("Pay Now: late news from the provider"),
                f"{self.reference}: {problem}",
            )
        self.paynow_problem = problem

    # === HELPERS === #

    def _paynow_tell(self, summary, note):
        """Give the accounting administrator an activity on the invoice of this payment.

        :param str summary: What happened.
        :param str note: The facts and the next step.
        """
        self.ensure_one()
        invoices = self.invoice_ids or self.source_transaction_id.invoice_ids
        document = invoices[:1] or self.payment_id or self.partner_id
        document.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=self.company_id.sudo()._get_paynow_administrator().id,
        )  # In sudo mode as the news may come from a provider or a visitor.

    def _paynow_for_staff(self):
        """Return this payment in the language of who is told of it, not of who pays.

        :rtype: payment.transaction
        """
        user = self.company_id.sudo()._get_paynow_administrator()
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
