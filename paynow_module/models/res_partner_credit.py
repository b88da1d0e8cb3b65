# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class ResPartner(models.Model):
    """What clients have paid, or were credited, and is not applied to an invoice."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _get_paynow_credits(self, company):
        """Return the credits of these clients that are not applied, less refunds.

        :param res.company company: The company.
        :return: The number and the amount of each, positive, by client, receivable
            account and currency.
        :rtype: dict[tuple, list[tuple[str, float]]]
        """
        credits_by_key = {}
        for lines, balance in self._get_paynow_open_items(company):
            if balance < 0:
                key = (lines.partner_id, lines[0].account_id, lines.currency_id)
                credits_by_key.setdefault(key, []).append((lines.move_id.name, -balance))
        if self.env["account.move"]._get_invoice_in_payment_state() != "in_payment":
            return credits_by_key  # Every payment has an entry.
        payments = self.env["account.payment"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", self.ids),
                ("payment_type", "=", "inbound"),
                ("state", "=", "in_process"),
                ("move_id", "=", False),
            ]
        )
        _received, left = payments._paynow_allocate()
        for payment in payments:
            if payment.currency_id.compare_amounts(left[payment], 0.0) > 0:
                key = (
                    payment.partner_id,
                    payment.destination_account_id,
                    payment.currency_id,
                )
                credits_by_key.setdefault(key, []).append((payment.name, left[payment]))
        return credits_by_key
