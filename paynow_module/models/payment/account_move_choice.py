# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMove(models.Model):
    """What the page offers to pay of an invoice: what is due, all, less a discount."""

    _inherit = "account.move"

    def _paynow_prepare_instalments(self, visitor=None):
        """Return what the page tells of the instalments of this invoice.

        :param str visitor: See `_paynow_get_in_flight`.
        :return: The open ones, the first due first, as {'number': str, 'date_due':
            date, 'amount': str, 'is_late': bool, 'is_processing': bool}; none of an
            invoice that is paid at once.
        :rtype: list[dict]
        """
        self.ensure_one()
        if len(self._paynow_get_payable_lines()) < 2:
            return []
        today = self.company_id._paynow_get_today()
        return [
            {
                "number": item.number,
                "date_due": item.date_due,
                "amount": self._paynow_format(item.still_to_pay or item.rest),
                "is_late": item.is_late(today),
                "is_processing": self.currency_id.is_zero(item.still_to_pay),
            }
            for item in self._paynow_get_open_items(visitor)
        ]

    def _paynow_prepare_choices(self, amount, offer, visitor=None):
        """Return the amounts that the page offers beside the one that is being paid.

        :param float amount: The amount that is being paid, in the invoice's currency.
        :param tuple offer: See `_paynow_get_discount_offer`.
        :param str visitor: See `_paynow_get_in_flight`.
        :return: The choices, as {'kind': 'discount'|'due'|'withheld'|'all', 'amount':
            str (as the payer would type it), 'text': str, 'date': date|bool (until when
            it is enough, or since when it is due)}.
        :rtype: list[dict]
        """
        self.ensure_one()
        payable = self._paynow_get_payable(visitor)
        due, due_date = self._paynow_get_due_now(visitor)
        choices = [("discount", *(offer or (0.0, False))), ("due", due, due_date)]
        if self.currency_id.compare_amounts(due, payable) >= 0:
            choices.pop()
        withheld = self._paynow_get_withheld()
        if withheld and not self.currency_id.compare_amounts(
            payable, self.amount_total
        ):
            choices.append(("withheld", payable - withheld, False))
        choices.append(("all", payable, False))
        return [
            {
                "kind": kind,
                "amount": self._paynow_format_input(value),
                "text": self._paynow_format(value),
                "date": date,
            }
            for kind, value, date in choices
            if not self.currency_id.is_zero(value)
            and self.currency_id.compare_amounts(value, amount)
        ]
