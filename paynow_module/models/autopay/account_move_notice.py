# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import format_date


class AccountMove(models.Model):
    """What pages, mails and reminders say of an invoice that is paid automatically."""

    _inherit = "account.move"

    def _paynow_get_summary(self, amount, visitor=None):
        """Override to name the day and the amount of the automatic payment."""
        return {
            **super()._paynow_get_summary(amount, visitor),
            **self._paynow_prepare_autopay_values(),
        }

    def _paynow_get_mail_values(self):
        """Override to name the day and the amount of the automatic payment."""
        return {
            **super()._paynow_get_mail_values(),
            **self._paynow_prepare_autopay_values(),
        }

    def _paynow_prepare_autopay_values(self):
        """Prepare what is told of the automatic payment that comes next.

        :return: The values, as {'autopay_date': date|bool, 'autopay_amount': str|bool}.
        :rtype: dict
        """
        self.ensure_one()
        runs = self._paynow_get_autopay_runs()
        return {
            "autopay_date": bool(runs) and runs[0].date,
            "autopay_amount": bool(runs) and self._paynow_format(runs[0].amount),
        }

    def _paynow_get_mail_notes(self):
        """Override to say what needs not to be done, and what does."""
        notes = super()._paynow_get_mail_notes()
        if runs := self._paynow_get_autopay_runs():
            note = self.env._(
                "Invoice is configured for automatic payment on %(date)s."
                " %(amount)s will be charged on that day.",
                date=format_date(self.env, runs[0].date),
                amount=self._paynow_format(runs[0].amount),
            )
            notes[:0] = [note, *self._paynow_get_autopay_notes()]
        return notes

    def _paynow_get_autopay_notes(self):
        """Return what else is told where not all is paid at once, or automatically.

        :return: Sentences in the language of the reader.
        :rtype: list[str]
        """
        self.ensure_one()
        runs, notes = self._paynow_get_autopay_runs(), []
        if runs[1:]:
            notes.append(
                self.env._(
                    "After that: %(payments)s.",
                    payments=self._paynow_format_autopay_runs(runs[1:]),
                )
            )
        late = sum(item.still_to_pay for item in self._paynow_get_dunned_items())
        if runs and self.currency_id.compare_amounts(late, 0.0) > 0:
            notes.append(
                self.env._(
                    "%(amount)s is past due and is not paid automatically. Please pay"
                    " this amount yourself.",
                    amount=self._paynow_format(late),
                )
            )
        return notes

    def _paynow_format_autopay_runs(self, runs):
        """Return automatic payments in words.

        :param list runs: Some of `_paynow_get_autopay_runs`.
        :rtype: str
        """
        return ", ".join(
            self.env._(
                "%(amount)s on %(date)s",
                amount=self._paynow_format(run.amount),
                date=format_date(self.env, run.date),
            )
            for run in runs
        )

    def _paynow_get_autopay_card(self):
        """Return what the portal shows of the automatic payment of this invoice.

        :rtype: dict
        """
        self.ensure_one()
        offer = self._paynow_is_open() and self._paynow_get_autopay_discount()
        return {
            "id": self.id,
            "number": self.name,
            "date_due": self._paynow_get_due_now()[1] or self.invoice_date_due,
            "payable": self._paynow_format(self._paynow_get_payable()),
            "is_open": self._paynow_is_open(),
            "date": self._paynow_get_autopay_date(),
            "is_held": bool(self.paynow_autopay_date)
            and self._paynow_is_held_by_credit(),
            "is_stopped": self._paynow_is_autopay_stopped(),
            "method": self.paynow_autopay_id.method_name,
            "reason": self._paynow_get_autopay_reason(),
            "notes": self._paynow_get_autopay_notes(),
            # Where it is earned on the due date as well, there is nothing to choose.
            "has_discount": bool(offer) and offer[1] < self.invoice_date_due,
            **self._paynow_prepare_autopay_values(),
        }

    # === REMINDERS === #

    def _paynow_get_dunned_items(self):
        """Override to remind of nothing that is paid automatically."""
        items = super()._paynow_get_dunned_items()
        if not items:
            return items
        runs = self._paynow_get_autopay_runs()
        lines = {item.line for run in runs for item, _amount in run.shares}
        return [item for item in items if item.line not in lines]

    def _paynow_get_reminder_obstacle(self):
        """Override to remind of nothing that is paid automatically."""
        reason = super()._paynow_get_reminder_obstacle()
        runs = self._paynow_get_autopay_runs()
        if reason or not runs or self._paynow_get_dunned_items():
            return reason
        return self.env._(
            "The invoice is paid automatically on %(date)s.",
            date=format_date(self.env, runs[0].date),
        )
