# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from babel.numbers import get_decimal_symbol

from odoo import models
from odoo.tools import float_repr
from odoo.tools.misc import babel_locale_parse

from ...const import PAYABLE_TYPES
from ...utils import format_money


class AccountMove(models.Model):
    """What an invoice still owes, and how its amounts are written."""

    _inherit = "account.move"

    # What else a client has to pay is asked by pages and for each reminder; without it
    # all invoices of all clients are looked through.
    _paynow_open_idx = models.Index(
        "(commercial_partner_id) WHERE state = 'posted'"
        " AND payment_state IN ('not_paid', 'in_payment', 'partial')"
    )

    def _paynow_is_open(self):
        """Tell whether this is a posted customer invoice on which something is owed.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self._paynow_takes_payments()
            and self.currency_id.compare_amounts(self._paynow_get_residual(), 0.0) > 0
        )

    def _paynow_takes_payments(self):
        """Tell whether this is a posted customer invoice that may be paid.

        The states of payment are those in which `account_payment` takes payments.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.state == "posted"
            and self.move_type in PAYABLE_TYPES
            and self.name not in (False, "", "/")
            and self.payment_state in ("not_paid", "in_payment", "partial")
        )

    def _paynow_get_residual(self):
        """Return the residual that a payment closes when Odoo posts it.

        What was received by payments without a journal entry is deducted.

        :return: The amount in the currency of the invoice.
        :rtype: float
        """
        self.ensure_one()
        lines = self._paynow_get_term_lines()
        residual = self.amount_residual
        if len(lines.account_id) > 1:
            lines = self._paynow_get_payable_lines()
            residual = sum(lines.mapped("amount_residual_currency"))
        received = self._paynow_get_received_without_entry(lines)
        return self.currency_id.round(residual - received) if received else residual

    def _paynow_format(self, amount):
        """Return an amount as the visitor reads it.

        :param float amount: The amount in the currency of the invoice.
        :rtype: str
        """
        return format_money(amount, self.currency_id, self.env.lang)

    def _paynow_format_input(self, amount):
        """Return an amount as the payer would type it: no symbol, no grouping.

        :param float amount: The amount in the currency of the invoice.
        :rtype: str
        """
        # As `_paynow_parse` reads it, whatever an administrator set for the language.
        point = get_decimal_symbol(babel_locale_parse(self.env.lang or "en_US"))
        return float_repr(amount, self.currency_id.decimal_places).replace(".", point)
