# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMove(models.Model):
    """The early payment discount of an invoice: promised and booked by one rule."""

    _inherit = "account.move"

    def _paynow_get_discounted(self, day=None):
        """Return the amount that closes this invoice on a day, less its discount.

        :param datetime.date day: The day that counts; today for the company if none.
        :return: The amount in the currency of the invoice; None where no discount is
            offered, or no longer.
        :rtype: float|None
        """
        instalment = self._paynow_get_discount_instalment(day)
        return instalment and instalment["amount_residual_currency_unsigned"]

    def _paynow_get_discount_offer(self):
        """Return the early payment discount that this invoice still offers.

        :return: The amount that closes it, in its currency, and the last day on which
            it does; None where no discount is offered, or no longer.
        :rtype: tuple[float, datetime.date]|None
        """
        instalment = self._paynow_get_discount_instalment()
        if not instalment:
            return None
        return (
            instalment["amount_residual_currency_unsigned"],
            instalment["line"].discount_date,
        )

    def _paynow_is_discounted(self, amount, day=None):
        """Tell whether an amount closes this invoice on a day, less its discount.

        :param float amount: The amount in the currency of the invoice.
        :param datetime.date day: The day that counts; today for the company if none.
        :rtype: bool
        """
        discounted = self._paynow_get_discounted(day)
        return discounted is not None and not self.currency_id.compare_amounts(
            amount, discounted
        )

    def _paynow_get_discount_instalment(self, day=None):
        """Return the instalment that a discount would close on a day, as Odoo sees it.

        :param datetime.date day: The day that counts; today for the company if none.
        :return: See `_get_installments_data` of `account`; None if there is none.
        :rtype: dict|None
        """
        self.ensure_one()
        if not self.invoice_payment_term_id.early_discount:
            return None
        lines = self.line_ids.filtered(lambda line: line.display_type == "payment_term")
        if len(lines) != 1:
            return None
        lines.with_prefetch(self.line_ids._prefetch_ids)._paynow_load_matched()
        (instalment,) = lines._get_installments_data(
            payment_date=day or self.company_id._paynow_get_today()
        )
        is_offered = instalment["type"] == "early_payment_discount"
        return instalment if is_offered else None

    def _paynow_prepare_discount(self, day=None):
        """Prepare the lines that book the whole discount, as Odoo's own dialog does.

        :param datetime.date day: The day that counts; today for the company if none.
        :return: The values for `write_off_line_vals` of `account.payment`.
        :rtype: list[dict]
        """
        instalment = self._paynow_get_discount_instalment(day)
        line = instalment["line"]
        lines_by_kind = self._get_invoice_counterpart_amls_for_early_payment_discount(
            [
                {
                    "aml": line,
                    "amount_currency": -line.amount_residual_currency,
                    "balance": -line.balance,
                }
            ],
            instalment["discount_amount"],
        )
        lines = [
            {**values, "partner_id": self.partner_id.id}
            for lines in lines_by_kind.values()
            for values in lines
        ]
        # Rounded one by one, a cent in one currency may be no cent or minus one in the
        # other, which PostgreSQL refuses: the biggest line takes it.
        biggest = max(lines, key=lambda values: abs(values["balance"]))
        for values in lines:
            if values["balance"] * values["amount_currency"] < 0:
                biggest["balance"] += values["balance"]
                values["balance"] = 0.0
        return lines
