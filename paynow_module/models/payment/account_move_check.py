# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools.misc import format_time

from ...exceptions import PaynowRefusal
from ...utils import as_decimal
from .payment_transaction_parts import DRAFT_VALIDITY


class AccountMove(models.Model):
    """Whether an amount can be paid on an invoice now, and what to tell if it can't."""

    _inherit = "account.move"

    def _paynow_check_amount(self, text, visitor=None):
        """Return the amount that a payer typed, if it can be paid on this invoice.

        :param str text: The amount, as typed in the language of the context.
        :param str visitor: See `_paynow_get_payable`.
        :return: The amount in the currency of the invoice.
        :rtype: float
        :raise PaynowRefusal: If it is no amount, or not payable.
        """
        self.ensure_one()
        currency = self.currency_id
        amount = currency._paynow_parse(text)
        if amount is None:
            residual = self._paynow_get_residual()
            raise PaynowRefusal(self._paynow_explain_typed(text, residual), "amount")
        if amount <= 0:
            raise PaynowRefusal(
                self.env._("The amount must be more than zero."), "amount"
            )
        rounded = currency.round(float(amount))
        is_exact = as_decimal(rounded) == amount
        if is_exact or amount > as_decimal(self._paynow_get_residual()):
            self._paynow_check_payable(rounded, visitor)
        if not is_exact:
            raise PaynowRefusal(
                self.env._(
                    "The amount can't be split that finely: the smallest unit is"
                    " %(unit)s.",
                    unit=self._paynow_format(currency.rounding),
                ),
                "amount",
            )
        return rounded

    def _paynow_explain_typed(self, text, amount):
        """Return how to write an amount, to who typed none.

        :param str text: What was typed instead.
        :param float amount: One that could be, in the currency of the invoice.
        :rtype: str
        """
        self.ensure_one()
        example = self._paynow_format_input(amount)
        if self.currency_id._paynow_is_foreign(text):
            return self.env._(
                "The amount to pay is in %(currency)s. Please write it without another"
                " currency, for example %(example)s.",
                currency=self.currency_id.name,
                example=example,
            )
        return self.env._(
            "Please write the amount in figures, for example %(example)s.",
            example=example,
        )

    def _paynow_check_payable(self, amount, visitor=None):
        """Check that an amount can be paid on this invoice now.

        :param float amount: The amount in the currency of the invoice.
        :param str visitor: See `_paynow_get_payable`.
        :raise PaynowRefusal: If it can't.
        """
        self.ensure_one()
        currency = self.currency_id
        payable = self._paynow_get_payable(visitor)
        is_amount = currency.compare_amounts(amount, 0.0) > 0
        if is_amount and currency.compare_amounts(amount, payable) <= 0:
            return
        if not self._paynow_is_open():
            raise PaynowRefusal(self._paynow_explain_closed())
        if not is_amount:
            raise PaynowRefusal(
                self.env._("The amount must be more than zero."), "amount"
            )
        in_flight = self._paynow_get_in_flight(visitor)
        if currency.is_zero(in_flight):
            message = self.env._(
                "The amount is more than what is still to pay (%(payable)s).",
                payable=self._paynow_format(payable),
            )
        else:
            message = self._paynow_explain_in_flight(payable, in_flight, visitor)
        instead = () if currency.is_zero(payable) else (self, payable)
        raise PaynowRefusal(message, "amount", *instead)

    def _paynow_explain_closed(self):
        """Return why nothing can be paid on this invoice.

        :rtype: str
        """
        self.ensure_one()
        if self.state == "draft":
            return self.env._(
                "This invoice is being corrected. Please wait for the new one, or ask"
                " us."
            )
        if self.state == "cancel":
            return self.env._("This invoice was cancelled: there is nothing to pay.")
        if self.payment_state == "reversed":
            return self.env._("This invoice was credited: there is nothing to pay.")
        return self.env._("There is nothing left to pay on this invoice.")

    def _paynow_explain_in_flight(self, payable, in_flight, visitor=None):
        """Return why a payment that is not settled leaves less to pay, and until when.

        :param float payable: What can be paid now.
        :param float in_flight: What is being processed.
        :param str visitor: See `_paynow_get_payable`.
        :rtype: str
        """
        self.ensure_one()
        # In sudo mode to read transactions.
        begun_sudo = self.sudo().transaction_ids.filtered(
            lambda tx: (
                tx.state == "draft"
                and tx._paynow_is_by_payer()
                and tx._paynow_is_in_flight(visitor)
            )
        )
        values = {
            "payable": self._paynow_format(payable),
            "in_flight": self._paynow_format(in_flight),
        }
        is_nothing_left = self.currency_id.is_zero(payable)
        if begun_sudo and not self.currency_id.compare_amounts(
            sum(tx._paynow_get_under_way_for(self, True) for tx in begun_sudo),
            in_flight,
        ):
            last = max(begun_sudo.mapped("create_date"))
            zone = self.company_id._paynow_get_zone()
            values["begun"], values["until"] = (
                format_time(self.env, moment, tz=zone, time_format="short")
                for moment in (last, last + DRAFT_VALIDITY)
            )
            if is_nothing_left:
                return self.env._(
                    "A payment of %(in_flight)s for this invoice was begun elsewhere at"
                    " %(begun)s and is not finished. If it stays so, you can pay from"
                    " %(until)s on.",
                    **values,
                )
            return self.env._(
                "Only %(payable)s can be paid now: a payment of %(in_flight)s was begun"
                " elsewhere at %(begun)s and is not finished. If it stays so, the rest"
                " can be paid from %(until)s on.",
                **values,
            )
        if is_nothing_left:
            return self.env._(
                "A payment of %(in_flight)s for this invoice is being processed."
                " Nothing more can be paid until it is settled; please try again"
                " later.",
                **values,
            )
        return self.env._(
            "Only %(payable)s can be paid now: a payment of %(in_flight)s is"
            " being processed.",
            **values,
        )
