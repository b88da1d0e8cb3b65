# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date
from itertools import product
from typing import NamedTuple

from odoo import models


class OpenItem(NamedTuple):
    """What is open on a line of a client's receivable account.

    All amounts are in the currency of the line, and negative for credits.
    """

    #: The line, an `account.move.line`: an instalment, an opening entry, a credit …
    line: models.Model
    #: How the client knows it: "INV1", of an instalment "INV1 (2 of 3)".
    number: str
    date_issued: date
    date_due: date
    #: What it was made for.
    amount: float
    #: What is left of it.
    rest: float
    #: What of the rest will be closed by online payments that are on their way.
    on_its_way: float

    @property
    def still_to_pay(self):
        """What is left once all that is on its way has arrived."""
        return self.line.currency_id.round(self.rest - self.on_its_way)

    def is_late(self, today):
        """Tell whether something is still to be paid that was due before a day.

        :param datetime.date today: What day it is for the company.
        :rtype: bool
        """
        return self.date_due < today and (
            self.line.currency_id.compare_amounts(self.still_to_pay, 0.0) > 0
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _paynow_get_rests(self):
        """Return what is left of these lines, less what was received without an entry.

        Give all open instalments of an invoice at once: one may take from another.

        :return: The amounts in the currency of each line.
        :rtype: dict[account.move.line, float]
        """
        received = self.move_id._paynow_allocate_received()
        rests = {
            line: line.currency_id.round(
                line.amount_residual_currency - received.get(line, 0.0)
            )
            for line in self
        }
        return self._paynow_offset_instalments(rests)

    def _paynow_offset_instalments(self, rests):
        """Return what is left, with instalments below zero taken from the last others.

        Odoo's last instalment is whatever is left of the total, and less than nothing
        where those before have a fixed amount, or were rounded, to more than that.

        :param dict rests: What is left of each line, in its currency.
        :rtype: dict[account.move.line, float]
        """
        left = dict(rests)
        terms = self.filtered(lambda line: line.display_type == "payment_term")
        by_account = terms.sorted(
            lambda line: (line._paynow_get_dates()[1], line.id), reverse=True
        ).grouped(lambda line: (line.move_id, line.account_id))
        for lines in by_account.values():
            for line, other in product(lines, lines):
                used = min(-left[line], left[other])
                if used > 0:
                    currency = line.currency_id
                    left[other] = currency.round(left[other] - used)
                    left[line] = currency.round(left[line] + used)
        return left

    def _paynow_prepare_open_items(self, rests, visitor=None):
        """Return the open items that these lines are, the first due first.

        :param dict rests: What is left of each, see `_paynow_get_rests`.
        :param str visitor: Whose drafts are not on their way, see
            `_paynow_get_on_its_way` of `account.move`.
        :rtype: list[OpenItem]
        """
        numbers, on_its_way = self._paynow_get_numbers(), {}
        lines = self.filtered(
            lambda line: not line.currency_id.is_zero(rests.get(line, 0.0))
        ).sorted(lambda line: (line._paynow_get_dates()[1], line.id))
        for move, own in lines.grouped("move_id").items():
            on_its_way.update(own._paynow_share_on_its_way(move, rests, visitor))
        items = []
        for line in lines:
            issued, due = line._paynow_get_dates()
            items.append(
                OpenItem(
                    line=line,
                    number=numbers[line],
                    date_issued=issued,
                    date_due=due,
                    amount=line.amount_currency,
                    rest=rests[line],
                    on_its_way=on_its_way[line],
                )
            )
        return items

    def _paynow_share_on_its_way(self, move, rests, visitor=None):
        """Return what of the rests of these lines will be closed by what is on its way.

        :param account.move move: Their entry.
        :param dict rests: What is left of each, in its currency.
        :param str visitor: See `_paynow_get_on_its_way` of `account.move`.
        :rtype: dict[account.move.line, float]
        """
        shares = dict.fromkeys(self, 0.0)
        for amount, lines in move._paynow_get_claims(self, visitor):
            left = amount
            for line in lines:
                share = max(0.0, min(rests[line] - shares[line], left))
                shares[line] = line.currency_id.round(shares[line] + share)
                left -= share
        return shares

    def _paynow_load_matched(self):
        """Read what all lines at hand were matched with, which decides on a discount.

        Odoo would ask for each invoice.
        """
        lines_sudo = self.sudo()  # In sudo mode as Odoo does, too.
        for name in ("matched_debit_ids", "matched_credit_ids"):
            lines_sudo.mapped(name)

    def _paynow_get_dates(self):
        """Return when this line was issued, and is due.

        :rtype: tuple[datetime.date, datetime.date]
        """
        self.ensure_one()
        move = self.move_id
        is_invoice = move.is_invoice(include_receipts=True)
        issued = (is_invoice and move.invoice_date) or move.date
        return issued, self.date_maturity or move.date

    def _paynow_get_credit_key(self):
        """Return what a credit must agree in to be applied to this line.

        :return: The client, whichever of its contacts is named; the receivable account
            and the currency.
        :rtype: tuple
        """
        self.ensure_one()
        client = self.partner_id.commercial_partner_id
        return (client, self.account_id, self.currency_id)

    def _paynow_get_numbers(self):
        """Return how the client knows these lines.

        :return: The number of the entry; of one of several instalments also which.
        :rtype: dict[account.move.line, str]
        """
        numbers = {}
        # Of invoices only: an entry may have thousands of lines.
        moves = self.move_id.filtered(lambda m: m.is_invoice(include_receipts=True))
        terms = moves._paynow_get_term_lines().sorted(
            lambda line: (line._paynow_get_dates()[1], line.id)
        )
        for move, lines in terms.grouped("move_id").items():
            for index, line in enumerate(lines if len(lines) > 1 else (), 1):
                numbers[line] = self.env._(
                    "%(number)s (%(index)s of %(count)s)",
                    number=move.name,
                    index=index,
                    count=len(lines),
                )
        return {line: numbers.get(line, line.move_id.name) for line in self}

    def _paynow_get_price(self, payment, rest, amount=None):
        """Return what a payment must bring to close this line.

        That is less than its rest where the payment earns the early payment discount.

        :param account.payment payment: The payment.
        :param float rest: What is left of this line, in its currency.
        :param float amount: What the payment has for it, in its own currency; all of
            it if none.
        :return: The amount in the currency of the payment.
        :rtype: float
        """
        self.ensure_one()
        amount = payment.amount if amount is None else amount
        price = payment._paynow_convert(rest, self.currency_id, payment.currency_id)
        discounted = self.discount_amount_currency
        if (
            self.move_id._is_eligible_for_early_payment_discount(
                payment.currency_id, payment._paynow_get_discount_day()
            )
            # Odoo grants it for exactly this amount, and only for all of the line.
            and not self.currency_id.compare_amounts(rest, self.amount_currency)
            and not self.currency_id.compare_amounts(amount, discounted)
        ):
            return discounted
        return price
