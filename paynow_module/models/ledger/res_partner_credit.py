# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class ResPartner(models.Model):
    """What clients have paid, or were credited, and is not applied to an invoice."""

    _inherit = "res.partner"

    def _paynow_get_credits(self, company):
        """Return the credits of these clients that are not applied, less refunds.

        :param res.company company: The company.
        :return: The number and the amount of each, positive, by client, receivable
            account and currency.
        :rtype: dict[tuple, list[tuple[str, float]]]
        """
        credits_by_key = {}
        for item in self._paynow_get_open_items(company):
            if item.rest < 0:
                key = item.line._paynow_get_credit_key()
                credits_by_key.setdefault(key, []).append((item.number, -item.rest))
        for payment, left in self._paynow_get_unlinked_payments(company):
            key = (
                payment.partner_id.commercial_partner_id,
                payment.destination_account_id,
                payment.currency_id,
            )
            credits_by_key.setdefault(key, []).append((payment.name, left))
        return credits_by_key

    def _paynow_get_accounts(self, company):
        """Return what each of these clients owes, and what they have paid too much.

        :param res.company company: The company.
        :return: The open items, see `_paynow_get_open_items`, and the payments, see
            `_paynow_get_unlinked_payments`, of each client.
        :rtype: dict[res.partner, tuple[list[OpenItem], list]]
        """
        accounts = {client: ([], []) for client in self}
        for item in self._paynow_get_open_items(company):
            accounts[item.line.partner_id.commercial_partner_id][0].append(item)
        for payment, left in self._paynow_get_unlinked_payments(company):
            client = payment.partner_id.commercial_partner_id
            accounts[client][1].append((payment, left))
        return accounts

    def _paynow_get_unlinked_payments(self, company):
        """Return the payments without a journal entry of which no invoice took all.

        What was refunded of them is deducted.

        :param res.company company: The company.
        :return: Each payment with what is left of it, in its currency.
        :rtype: list[tuple[account.payment, float]]
        """
        Payment_sudo = self.env["account.payment"].sudo()
        # In sudo mode as not everybody who sends a summary may read payments.
        if self.env["account.move"]._get_invoice_in_payment_state() != "in_payment":
            return []  # Every payment has an entry.
        payments_sudo = Payment_sudo.search(
            [
                ("company_id", "=", company.id),
                ("partner_id.commercial_partner_id", "in", self.ids),
                ("partner_type", "=", "customer"),
                ("payment_type", "=", "inbound"),
                ("state", "=", "in_process"),
                ("move_id", "=", False),
            ],
            order="date, id",
        )
        _received, left = payments_sudo._paynow_allocate()
        refunds_sudo = Payment_sudo.search(
            [
                ("source_payment_id", "in", payments_sudo.ids),
                ("payment_type", "=", "outbound"),
                ("state", "in", ("in_process", "paid")),
            ]
        )
        for refund_sudo in refunds_sudo:
            left[refund_sudo.source_payment_id] -= refund_sudo.amount
        return [
            (payment_sudo, left[payment_sudo])
            for payment_sudo in payments_sudo
            if payment_sudo.currency_id.compare_amounts(left[payment_sudo], 0.0) > 0
        ]
