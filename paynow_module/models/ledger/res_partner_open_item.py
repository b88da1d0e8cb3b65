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

        An entry, and a payment by hand, may name a contact of the client: it is the
        client's all the same.

        Each line is one item: an instalment, a credit, a line of a journal entry, which
        may hold lines of others and other currencies. Payments without a journal entry
        are deducted from what they pay.

        :param res.company company: The company.
        :return: The items; those that were issued first come first.
        :rtype: list[OpenItem]
        """
        lines = self.env["account.move.line"].search_fetch(
            [
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
                ("partner_id.commercial_partner_id", "in", self.ids),
            ],
            ITEM_FIELDS,
            order="date_maturity, date, move_id, id",
        )
        rests = self._paynow_use_up_credits(lines._paynow_get_rests())
        return sorted(
            lines._paynow_prepare_open_items(rests),
            key=lambda item: (
                item.date_issued, item.line.move_id.id, item.date_due, item.line.id
            ),
        )  # fmt: skip

    @api.model
    def _paynow_use_up_credits(self, rests):
        """Return what is open, with what was paid out to clients taken from credits.

        Nobody owes what was refunded to them: a refund uses up the credit of the
        payment that it gives back, then others of the client, the oldest first.

        :param dict rests: What is left of each line, in its currency.
        :return: What is left of each line that is no refund.
        :rtype: dict
        """
        left = dict(rests)
        for line, rest in rests.items():
            # In sudo mode as not everybody who sends a summary may read payments.
            payment_sudo = line.move_id.origin_payment_id.sudo()
            if payment_sudo.payment_type != "outbound" or rest < 0:
                continue
            refund = left.pop(line)
            source = payment_sudo.source_payment_id.move_id
            credits_left = [
                other
                for other, amount in left.items()
                if amount < 0
                and other._paynow_get_credit_key() == line._paynow_get_credit_key()
            ]
            for other in sorted(
                credits_left,
                key=lambda line: (
                    line.move_id != source,
                    line._paynow_get_dates()[1],
                    line.date,
                    line.move_id.id,
                    line.id,
                ),
            ):
                used = min(refund, -left[other])
                left[other] += used
                refund -= used
        return left
