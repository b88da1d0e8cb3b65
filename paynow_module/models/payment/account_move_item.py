# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import format_date

from ...utils import as_decimal


class AccountMove(models.Model):
    """An open item in the list of all that a client owes: what is told, and taken."""

    _inherit = "account.move"

    def _paynow_prepare_item(self, item):
        """Return the row of an open item of this invoice, as plain values.

        Another module can override it to add its own, as `autopay` does.

        :param OpenItem item: The item.
        :rtype: dict
        """
        self.ensure_one()
        offer = None if item.on_its_way else self._paynow_get_discount_offer()
        amount = offer[0] if offer else item.still_to_pay
        today = self.company_id._paynow_get_today()
        return {
            "id": item.line.id,
            "number": item.number,
            "date_due": item.date_due,
            "when": self._paynow_format_when(item.date_due, today),
            "is_late": item.is_late(today),
            "rest": self._paynow_format(item.rest),
            "still_to_pay": self._paynow_format_input(item.still_to_pay),
            "on_its_way": item.on_its_way and self._paynow_format(item.on_its_way),
            "is_payable": item.still_to_pay > 0,
            "amount": self._paynow_format_input(amount),
            "discount_note": offer
            and self.env._(
                "%(amount)s with the discount until %(date)s",
                amount=self._paynow_format(offer[0]),
                date=format_date(self.env, offer[1]),
            ),
        }

    def _paynow_format_when(self, date, today):
        """Return how far a due date is away, in words.

        :param datetime.date date: The due date.
        :param datetime.date today: The day, for the company.
        :rtype: str
        """
        days = (date - today).days
        match days:
            case 0:
                return self.env._("due today")
            case 1:
                return self.env._("due tomorrow")
            case -1:
                return self.env._("1 day overdue")
        if days < 0:
            return self.env._("%(count)s days overdue", count=-days)
        return self.env._("due in %(count)s days", count=days)

    def _paynow_read_item_amount(self, item, text, visitor=None):
        """Return the amount that was typed for an open item, or what is wrong with it.

        :param OpenItem item: The item.
        :param str text: The amount, as typed in the language of the context.
        :param str visitor: See `_paynow_get_payable`.
        :return: The amount in the currency of the item, and the problem; one is None.
        :rtype: tuple[float|None, str|None]
        """
        self.ensure_one()
        amount = self.currency_id._paynow_parse(text)
        if amount is None:
            return None, self._paynow_explain_typed(text, item.still_to_pay)
        rounded = self.currency_id.round(float(amount))
        problem = self._paynow_explain_item(
            item, rounded if amount > 0 else 0.0, visitor
        )
        if not problem and as_decimal(rounded) != amount:
            problem = self.env._(
                "The amount can't be split that finely: the smallest unit is %(unit)s.",
                unit=self._paynow_format(self.currency_id.rounding),
            )
        return (None, problem) if problem else (rounded, None)

    def _paynow_explain_item(self, item, amount, visitor=None):
        """Return why an amount can't be paid on an open item of this invoice now.

        :param OpenItem|None item: The item; None if it is open no more.
        :param float amount: The amount in its currency.
        :param str visitor: See `_paynow_get_payable`.
        :return: The reason; None if it can.
        :rtype: str|None
        """
        self.ensure_one()
        if not item:
            return (
                self.env._("There is nothing left to pay on this item.")
                if self._paynow_is_open()
                else self._paynow_explain_closed()
            )
        if self.currency_id.compare_amounts(amount, 0.0) <= 0:
            return self.env._("The amount must be more than zero.")
        payable = item.still_to_pay
        if self.currency_id.compare_amounts(amount, payable) <= 0:
            return None
        if not item.on_its_way:
            return self.env._(
                "The amount is more than what is still to pay (%(payable)s).",
                payable=self._paynow_format(payable),
            )
        return self._paynow_explain_in_flight(
            max(0.0, payable), self._paynow_get_in_flight(visitor), visitor
        )
