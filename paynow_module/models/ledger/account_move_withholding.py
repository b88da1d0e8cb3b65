# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMove(models.Model):
    """Tax that the client may withhold when paying, where the platform computes it.

    `l10n_account_withholding_tax` has such taxes; without it there are none.
    """

    _inherit = "account.move"

    def _paynow_get_withheld(self):
        """Return the tax that the client may keep back from the whole of this invoice.

        :return: The amount in the currency of the invoice; never negative.
        :rtype: float
        """
        self.ensure_one()
        field = self.env["account.tax"]._fields.get("is_withholding_tax_on_payment")
        taxes = self.invoice_line_ids.tax_ids if field else ()
        if not taxes or not any(tax[field.name] for tax in taxes):
            return 0.0
        base_lines, _tax_lines = self._get_rounded_base_and_tax_lines()
        commands = self.env[
            "account.payment.withholding.line"
        ]._prepare_withholding_lines_commands(base_lines, self.company_id)
        return self.currency_id.round(
            sum(
                abs(values["source_tax_amount_currency"])
                for _command, _id, values in commands
                if values
            )
        )

    def _paynow_is_rest_withheld(self):
        """Tell whether nothing is left but the tax that the client may have withheld.

        :rtype: bool
        """
        self.ensure_one()
        withheld = self._paynow_get_withheld()
        return (
            bool(withheld)
            and self.currency_id.compare_amounts(self.amount_total, withheld) > 0
            and self.currency_id.compare_amounts(self._paynow_get_residual(), withheld)
            <= 0
        )
