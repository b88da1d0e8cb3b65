# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.fields import Command

from .payment_provider_decline import AUTHENTICATION


class AccountMove(models.Model):
    """The automatic payment of one invoice: whether, and what if it fails.

    How much: `account_move_plan.py`.
    """

    _inherit = "account.move"

    def _paynow_autopay_start(self):
        """Return a draft transaction for what is to be paid on this invoice today.

        The same lock and the same sums as for Pay Now's own page. The draft must be
        committed before the provider hears of it: whatever happens then, there is a
        record of it, and its unique key keeps a second one from being made.

        :return: The transaction; empty if there is nothing to pay now.
        :rtype: payment.transaction
        """
        self.ensure_one()
        Transaction = self.env["payment.transaction"]
        self._paynow_lock()
        # One run is many database transactions: nothing of the last one counts now.
        self.env.invalidate_all()
        choice = self.paynow_autopay_id
        company = self.company_id
        today = company._paynow_get_today()
        date = self.paynow_autopay_date
        if (
            not choice.active
            or not self._paynow_is_autopay_on()
            or not date
            or date > today
            or self.paynow_autopay_paused
        ):
            return Transaction
        if not self._paynow_is_open():
            # Paid early, credited or cancelled: what is left is decided when it opens.
            self.paynow_autopay_date = False
            return Transaction
        txs = self.transaction_ids
        if txs.filtered(
            lambda tx: tx.state == "draft" and tx.paynow_run_key
        ) or self._paynow_get_run_key(date) in txs.mapped("paynow_run_key"):
            return Transaction  # One that is not settled, or was tried for this day.
        if not self.paynow_autopay_tries and not self._paynow_is_autopay_due(today):
            self._paynow_autopay_schedule()  # The due date was moved meanwhile.
            return Transaction
        if self._paynow_is_run_stopped(today):
            return Transaction  # By a person, or with the mandate.
        if self._paynow_has_young_draft():
            return Transaction  # Somebody is paying right now; next time.
        runs = self._paynow_prepare_autopay_runs(today)
        if not runs:
            return Transaction
        run = runs[0]
        if self._paynow_is_held_by_credit():
            self._paynow_tell_credit()
            return Transaction
        token = choice.token_id
        problem = token._paynow_get_autopay_end_reason(self, run.amount)
        if not problem and not choice._is_within_limit(self):
            problem = "limit"
        if problem:
            self._paynow_autopay_stop(problem)
            return Transaction
        if obstacle := token._paynow_get_autopay_obstacle():
            self._paynow_autopay_tell_obstacle(obstacle)
            return Transaction
        if run.date > today:
            if choice.mandate_id.notice_days:
                self._paynow_autopay_wait(run.date)
            return Transaction
        return Transaction.create(
            {
                **self._paynow_prepare_autopay_transaction(token, run.amount, date),
                "paynow_notice_id": self._paynow_get_announcement(run).id,
            }
        )

    def _paynow_prepare_autopay_transaction(self, token, amount, date):
        """Return the values of the transaction of an automatic payment.

        :param payment.token token: The saved method.
        :param float amount: The amount in the currency of the invoice.
        :param datetime.date date: The day for which it was scheduled.
        :rtype: dict
        """
        commands = [Command.set(self.ids)]
        reference = self.env["payment.transaction"]._compute_reference(
            token.provider_code, invoice_ids=commands
        )
        return {
            "provider_id": token.provider_id.id,
            "payment_method_id": token.payment_method_id.id,
            "token_id": token.id,
            "reference": reference,
            "amount": amount,
            "currency_id": self.currency_id.id,
            "partner_id": self.partner_id.id,
            "operation": "offline",
            "tokenize": False,
            "invoice_ids": commands,
            "is_paynow": True,
            "paynow_email": self._paynow_get_link_email(),
            "paynow_run_key": self._paynow_get_run_key(date),
            "paynow_mandate_id": self.paynow_autopay_id.mandate_id.id,
        }

    def _paynow_has_young_draft(self):
        """Tell whether a payer may be filling in a provider's page for this invoice.

        :rtype: bool
        """
        return any(
            tx.state == "draft"
            and tx.operation not in ("validation", "refund")
            and tx._paynow_is_in_flight()
            for tx in self.transaction_ids
        )

    # === WHAT BECAME OF IT === #

    def _paynow_autopay_follow(self, tx, was, decline=None):
        """Plan what comes after a payment that was tried.

        :param payment.transaction tx: The transaction; its state has just changed.
        :param str was: The state before.
        :param str decline: The class of a decline, see `payment_provider_decline.py`.
        """
        self.ensure_one()
        if tx.state in ("pending", "authorized", "done"):
            self.paynow_autopay_tries = 0
            if self.paynow_autopay_id:
                self._paynow_autopay_schedule(after=tx._paynow_get_run_date())
            return
        self.paynow_autopay_tries += 1
        tx._paynow_autopay_stop_mandate(decline)
        if not self.paynow_autopay_id:
            return
        days = self.company_id._paynow_get_autopay_days()
        tries = self.paynow_autopay_tries
        if was == "done" or (was == "pending" and tx._paynow_is_bank_debit()):
            # Of what was received, the mail on returned payments tells the client.
            self._paynow_autopay_stop("returned", tx, is_mailed=was != "done")
        elif decline or tries >= len(days):
            is_sca = decline == AUTHENTICATION
            self._paynow_autopay_stop("authentication" if is_sca else "declined", tx)
        else:
            wait = days[tries] - days[tries - 1]
            date = max(tx._paynow_get_run_date(), self.company_id._paynow_get_today())
            self.paynow_autopay_date = date + wait
            self._paynow_autopay_give_discount_up()

    def _paynow_autopay_stop(self, reason, tx=None, is_mailed=True):
        """Give up on this invoice; tell the client and whoever looks after it.

        :param str reason: See `paynow_autopay_reason`.
        :param payment.transaction tx: The last one that was declined, if any.
        :param bool is_mailed: Whether the client is told by a mail of its own.
        """
        self.ensure_one()
        choice = self.paynow_autopay_id
        date = self.paynow_autopay_date or self.company_id._paynow_get_today()
        self.write(
            {
                "paynow_autopay_id": False,
                "paynow_autopay_date": False,
                "paynow_autopay_off": True,
                "paynow_autopay_reason": reason,
            }
        )
        if choice.invoice_id:
            choice.write({"active": False, "end_date": fields.Datetime.now()})
            if reason != "returned":  # Of which the bank may yet say more.
                choice.mandate_id._revoke(self._paynow_get_autopay_reason())
        user = self._paynow_get_responsible()
        staff_self = self.with_context(lang=user.lang or "en_US")
        self._paynow_schedule(
            self.company_id,
            user,
            summary=staff_self.env._("Pay Now: automatic payment failed"),
            note=staff_self.env._(
                "Automatic payment of %(number)s with %(method)s is off: %(reason)s."
                " %(message)s The client was mailed a link to pay. Call them if the"
                " invoice stays open.",
                number=self.name,
                method=choice.method_name,
                reason=staff_self._paynow_get_autopay_reason(),
                message=(tx and tx.state_message) or "",
            ),
        )
        if is_mailed:
            self._paynow_autopay_mail_failure(date)

    def _paynow_autopay_mail_failure(self, date):
        """Queue the one mail that tells the client that automatic payment failed.

        :param datetime.date date: The day of the last try.
        """
        email = self._paynow_get_link_email()
        notice = self.env["paynow.notice"]._claim(
            "autopay_failed",
            self.company_id,
            self.commercial_partner_id,
            str(date),
            invoice=self,
        )
        if not notice:
            return
        if not email:
            notice._skip(self.env._("The client has no e-mail address."))
            return
        template = self.env.ref("paynow_module.mail_template_autopay_failed")
        notice._queue(template, self, email)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _paynow_get_autopay_reason(self):
        """Return why this invoice is not paid automatically, in words.

        :rtype: str
        """
        self.ensure_one()
        selection = self._fields["paynow_autopay_reason"]._description_selection(
            self.env
        )
        return dict(selection).get(self.paynow_autopay_reason, "")

    def _paynow_autopay_tell_obstacle(self, obstacle):
        """Tell an accountant, once, that a provider keeps automatic payments waiting.

        :param str obstacle: What is wrong with the provider.
        """
        user = self.company_id._paynow_get_administrator()
        staff_self = self.with_context(lang=user.lang or "en_US")
        summary = staff_self.env._("Pay Now: automatic payment is waiting")
        if summary not in self.activity_ids.mapped("summary"):
            self._paynow_schedule(
                self.company_id,
                user,
                summary=summary,
                note=staff_self.env._(
                    "%(obstacle)s Automatic payments with it continue once that is"
                    " fixed.",
                    obstacle=obstacle,
                ),
            )
