# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import datetime
from typing import NamedTuple

from odoo import api, fields, models


class AutopayRun(NamedTuple):
    """An automatic payment to come, as it would be made if nothing else happens."""

    date: datetime.date
    #: In the currency of the invoice.
    amount: float
    #: The open items that it pays, each with what of the amount is for it.
    shares: list


class AccountMove(models.Model):
    """How much of an invoice is paid automatically, on which days.

    The run, and all that tells of it before, ask here, so that what is charged is what
    was said.
    """

    _inherit = "account.move"

    paynow_autopay_amount = fields.Monetary(
        string="Amount of the automatic payment",
        compute="_compute_paynow_autopay_amount",
        compute_sudo=True,  # Not everybody who sees an invoice sees what is under way.
        help="What the next automatic payment of this invoice will charge.",
    )

    paynow_autopay_next_date = fields.Date(
        string="Next automatic payment",
        compute="_compute_paynow_autopay_amount",
        compute_sudo=True,
        help="The day of it: later than planned where a discount was lost meanwhile.",
    )

    @api.depends("paynow_autopay_date", "amount_residual", "state", "payment_state")
    def _compute_paynow_autopay_amount(self):
        for move in self:
            runs = move._paynow_get_autopay_runs()
            move.paynow_autopay_amount = runs[0].amount if runs else 0.0
            move.paynow_autopay_next_date = (
                runs[0].date if runs else move.paynow_autopay_date
            )

    def _paynow_get_autopay_runs(self):
        """Return the automatic payments of this invoice that are to come.

        :return: The payments, the first one first; none if the client has to pay.
        :rtype: list[AutopayRun]
        """
        self.ensure_one()
        first = self._paynow_get_autopay_date()
        # In sudo mode as clients can't read the choices; it is theirs.
        return self.sudo()._paynow_prepare_autopay_runs(first) if first else []

    def _paynow_plan_autopay_runs(self, first, instalments):
        """Return the payments on their days, whether or not the client was told.

        :param datetime.date first: See `_paynow_prepare_autopay_runs`.
        :param list instalments: See there.
        :return: The payments, the first one first.
        :rtype: list[AutopayRun]
        """
        self.ensure_one()
        payable = left = self._paynow_get_payable()
        is_all = not self.currency_id.compare_amounts(payable, self.amount_residual)
        shares_by_day = {}
        for day, item in instalments:
            day = max(day, first)
            # The discount is booked for exactly this amount, and only if it is all.
            discounted = self._paynow_get_discounted(day) if is_all else None
            share = min(left, item.still_to_pay if discounted is None else discounted)
            if self.currency_id.compare_amounts(share, 0.0) > 0:
                shares_by_day.setdefault(day, []).append((item, share))
                left = self.currency_id.round(left - share)
        return [
            AutopayRun(
                day,
                self.currency_id.round(sum(share for _item, share in shares)),
                shares,
            )
            for day, shares in sorted(shares_by_day.items())
        ]

    def _paynow_get_autopay_amount(self, today):
        """Return what is to be paid on this invoice today.

        :param datetime.date today: The day, in the company's time zone.
        :return: The amount in the currency of the invoice.
        :rtype: float
        """
        runs = self._paynow_prepare_autopay_runs(today)
        return runs[0].amount if runs and runs[0].date <= today else 0.0

    def _paynow_is_autopay_due(self, today):
        """Tell whether an open instalment is to be paid by today.

        :param datetime.date today: The day, in the company's time zone.
        :rtype: bool
        """
        instalments = self._paynow_get_autopay_instalments()
        return any(date <= today for date, _item in instalments)

    def _paynow_get_autopay_instalments(self, day=None):
        """Return the open instalments that are paid automatically, and when.

        Those that are left to the client are not among them.

        :param datetime.date day: The day by which a discount must still be offered to
            be used; today if none.
        :return: The days and the open items, the first to pay first.
        :rtype: list[tuple[datetime.date, OpenItem]]
        """
        self.ensure_one()
        choice = self.paynow_autopay_id
        instalments = [
            (choice._get_date(item.date_due), item)
            for item in self._paynow_get_open_items()
            if not item.line._paynow_is_autopay_left()
        ]
        offer = choice.use_discounts and self._paynow_get_autopay_discount(day)
        if offer:
            _amount, last_day = offer
            return [(min(date, last_day), item) for date, item in instalments]
        return instalments

    def _paynow_get_autopay_discount(self, day=None):
        """Return the discount that an automatic payment of this invoice may still earn.

        :param datetime.date day: The day by which it must be offered; today if none.
        :return: The amount that closes the invoice, and the last day on which it does;
            None if there is no discount, or something is paid or on its way already.
        :rtype: tuple[float, datetime.date]|None
        """
        self.ensure_one()
        instalment = self._paynow_get_discount_instalment(day)
        if not instalment or self.currency_id.compare_amounts(
            self._paynow_get_payable(), self.amount_residual
        ):
            return None
        amount = instalment["amount_residual_currency_unsigned"]
        return amount, instalment["line"].discount_date

    def _paynow_autopay_give_discount_up(self):
        """Go back to the set day where the next try would come too late for a discount.

        Nobody pays early for nothing: all that the client wanted was the discount.
        """
        self.ensure_one()
        if not self.paynow_autopay_id.use_discounts:
            return
        instalments = self._paynow_get_autopay_instalments(self.paynow_autopay_date)
        days = [day for day, _item in instalments[:1]]
        if days and days[0] > self.paynow_autopay_date:
            self.write(
                {
                    "paynow_autopay_date": self._paynow_get_autopay_free_date(days[0]),
                    "paynow_autopay_tries": 0,
                }
            )
