# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models

# What makes an open item; read at once for all of them.
ITEM_FIELDS = (
    "move_id",
    "account_id",
    "partner_id",
    "currency_id",
    "date_maturity",
    "amount_currency",
    "amount_residual_currency",
)


class ResPartner(models.Model):
    """The open items of clients: what they owe, and what they have paid too much."""

    _inherit = "res.partner"

    def _paynow_get_open_items(self, company):
        """Return what is open on the receivable lines of these clients.

        An invoice is one item, whatever its instalments. Of a journal entry, which may
        hold lines of others and other currencies, each line is one. Payments without a
        journal entry are deducted from what they pay.

        :param res.company company: The company.
        :return: The lines of each item with what is open on them, in their currency,
            negative for credits; the oldest first.
        :rtype: list[tuple[account.move.line, float]]
        """
        lines = self.env["account.move.line"].search_fetch(
            [
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
                ("partner_id", "in", self.ids),
            ],
            ITEM_FIELDS,
            order="date_maturity, date, move_id, id",
        )
        received = lines.move_id._paynow_allocate_received()
        items, balances = {}, {}
        for line in lines:
            is_invoice = line.move_id.is_sale_document(include_receipts=True)
            key = line.move_id if is_invoice else line
            item = items.get(key, lines.browse()) | line
            items[key] = item.with_prefetch(lines._prefetch_ids)
            balances[key] = balances.get(key, 0.0) + (
                line.amount_residual_currency - received.get(line, 0.0)
            )
        return sorted(
            (
                (items[key], items[key].currency_id.round(balance))
                for key, balance in self._paynow_use_up_credits(items, balances).items()
                if not items[key].currency_id.is_zero(balance)
            ),
            key=lambda item: (*item[0]._paynow_get_dates(), item[0].move_id.id),
        )

    @api.model
    def _paynow_use_up_credits(self, items, balances):
        """Return what is open, with what was paid out to clients taken from credits.

        Nobody owes what was refunded to them: a refund uses up the credit of the
        payment that it gives back, then others of the client, the oldest first.

        :param dict items: The lines of each item.
        :param dict balances: What is open on each item, in the currency of its lines.
        :return: What is open on each item that is no refund.
        :rtype: dict
        """
        balances = dict(balances)
        for key, lines in items.items():
            # In sudo mode as not everybody who sends a summary may read payments.
            payment_sudo = lines.move_id.origin_payment_id.sudo()
            if payment_sudo.payment_type != "outbound" or balances[key] < 0:
                continue
            refund = balances.pop(key)
            source = payment_sudo.source_payment_id.move_id
            credits_left = [
                other
                for other, balance in balances.items()
                if balance < 0
                and items[other].partner_id == lines.partner_id
                and items[other].account_id == lines.account_id
                and items[other].currency_id == lines.currency_id
            ]
            for other in sorted(credits_left, key=lambda o: items[o].move_id != source):
                used = min(refund, -balances[other])
                balances[other] += used
                refund -= used
        return balances
