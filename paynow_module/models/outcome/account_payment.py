# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import format_date


class AccountPayment(models.Model):
    """Payments that a bank returned: taken back by an entry of the day of the return.

    Odoo cancels the entry of a payment as if it had never been. But the money was
    there: the period in which it came may be closed, and what was reported stays true.
    """

    _inherit = "account.payment"

    def action_cancel(self):
        """Override of `account` to reverse what is in the books of a returned payment.

        Payments without an entry are canceled, as ever.
        """
        date = self.env.context.get("paynow_return_date")
        booked = self.filtered(
            lambda payment: date and payment.move_id.state == "posted"
        )
        for payment in booked:
            payment._paynow_reverse(date)
        if others := self - booked:
            return super(AccountPayment, others).action_cancel()
        return None

    def _paynow_reverse(self, date):
        """Reverse the entry of this payment, natively: what it paid is open again.

        If its line of the bank statement was matched already, it stays so. The reversal
        then waits on the outstanding account for the line of the return.

        :param datetime.date date: The day of the return.
        """
        self.ensure_one()
        move = self.move_id
        # Somebody may have reversed it by hand, before it was marked as returned.
        if not move.reversal_move_ids.filtered(lambda entry: entry.state == "posted"):
            liquidity_lines, *_others = self._seek_for_lines()
            reversal = move.with_context(
                paynow_matched_line_ids=liquidity_lines.ids
            )._reverse_moves(
                [
                    {
                        "date": move._paynow_get_open_day(
                            max(date, move.date), move._affect_tax_report()
                        ),
                        "ref": self.env._(
                            "Reversal of: %(payment)s, %(reason)s",
                            payment=move.name,
                            reason=self.payment_transaction_id.state_message or "",
                        ),
                    }
                ],
                cancel=True,
            )
            self._message_log(
                body=self.env._(
                    "Reversed by %(entry)s on %(date)s.",
                    entry=reversal._get_html_link(),
                    date=format_date(self.env, reversal.date),
                )
            )
        self.action_reject()
