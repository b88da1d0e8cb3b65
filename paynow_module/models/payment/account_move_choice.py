# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import format_date


class AccountMove(models.Model):
    """What the page offers to pay of an invoice: what is due, all, less a discount."""

    _inherit = "account.move"

    def _paynow_prepare_notes(self, visitor=None):
        """Return what whoever has proven this invoice should know before they pay.

        :param str visitor: See `_paynow_get_in_flight`.
        :return: The sentences, by their kind: `credit`, `withheld`, `elsewhere`.
        :rtype: dict[str, str]
        """
        self.ensure_one()
        notes = {}
        if elsewhere := self._paynow_get_elsewhere(visitor):
            notes["elsewhere"] = self.env._(
                "A payment of %(amount)s for this invoice, which you say is not yours,"
                " is being processed. If it is yours, please don't pay again.",
                amount=self._paynow_format(elsewhere),
            )
        if withheld := self._paynow_get_withheld():
            notes["withheld"] = self.env._(
                "If the law has you withhold tax from this invoice, that is %(amount)s:"
                " pay the rest and send us the certificate.",
                amount=self._paynow_format(withheld),
            )
        if credit := self._paynow_get_credit():
            notes["credit"] = self.env._(
                "You have %(amount)s of credit that is not applied to any invoice. If"
                " it is for this one, please ask us before you pay.",
                amount=self._paynow_format(credit),
            )
        return notes

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

    def _paynow_prepare_largest(self, website):
        """Return the most that can be paid of this invoice at once, as a choice.

        :param website website: The website of the page.
        :return: See `_paynow_prepare_choices`; None if the amount is no hindrance.
        :rtype: dict|None
        """
        self.ensure_one()
        largest = self.env["payment.provider"]._paynow_get_largest_amount(
            self.company_id, website, self.partner_id, self.currency_id
        )
        if not largest:
            return None
        limit = self._paynow_format(largest)
        return {
            "kind": "largest",
            "amount": self._paynow_format_input(largest),
            "text": self.env._("Pay %(amount)s", amount=limit),
            "limit": limit,
        }

    def _paynow_prepare_choices(self, amount, payable, due, offer):
        """Return the amounts that the page offers beside the one that is being paid.

        :param float amount: The amount that is being paid, in the invoice's currency.
        :param float payable: See `_paynow_get_payable`.
        :param tuple due: See `_paynow_get_due_now`.
        :param tuple offer: See `_paynow_get_discount_offer`.
        :return: The choices, as {'kind': 'discount'|'due'|'withheld'|'all', 'amount':
            str (as the payer would type it), 'text': str}.
        :rtype: list[dict]
        """
        self.ensure_one()
        choices = [("discount", *(offer or (0.0, False))), ("due", *due)]
        if self.currency_id.compare_amounts(due[0], payable) >= 0:
            choices.pop()
        withheld = self._paynow_get_withheld()
        if withheld and not self.currency_id.compare_amounts(
            payable, self.amount_total
        ):
            choices.append(("withheld", payable - withheld, False))
        choices.append(("all", payable, False))
        texts = {
            "discount": self.env._("Pay %(amount)s, with the discount until %(date)s"),
            "due": self.env._("Pay %(amount)s, due %(date)s"),
            "withheld": self.env._("Pay %(amount)s, less the tax withheld"),
            "all": self.env._("Pay %(amount)s in full"),
        }
        return [
            {
                "kind": kind,
                "amount": self._paynow_format_input(value),
                "text": texts[kind]
                % {
                    "amount": self._paynow_format(value),
                    "date": date and format_date(self.env, date),
                },
            }
            for kind, value, date in choices
            if not self.currency_id.is_zero(value)
            and self.currency_id.compare_amounts(value, amount)
        ]
