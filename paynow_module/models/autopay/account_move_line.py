# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class AccountMoveLine(models.Model):
    """Which instalments are paid automatically, and what pays them."""

    _inherit = "account.move.line"

    paynow_autopay_left = fields.Boolean(
        string="Left to the client",
        help="This instalment was late when the client chose automatic payment of all"
        " invoices: it is not charged, the client is reminded of it.",
        readonly=True,
        copy=False,
    )

    def _paynow_prepare_open_items(self, rests, visitor=None):
        """Override to have automatic payments on their way pay what they are for.

        Not the oldest, where that is left to the client.
        """
        items = super()._paynow_prepare_open_items(rests, visitor)
        on_its_way = {item.line: item.on_its_way for item in items}
        for move in {item.line.move_id for item in items if item.on_its_way}:
            charged = sum(
                tx._paynow_get_under_way(tx._paynow_is_in_flight(visitor))
                for tx in move.sudo().transaction_ids  # In sudo mode to read them.
                if tx.paynow_run_key
            )
            own = [item for item in items if item.line.move_id == move]
            left = [item for item in own if item.line._paynow_is_autopay_left()]
            if not charged or not left:
                continue
            others = sum(item.on_its_way for item in own) - charged
            taken = [item for item in own if item not in left]
            shares = dict.fromkeys((item.line for item in own), 0.0)
            for amount, order in ((charged, taken + left), (others, own)):
                for item in order:
                    share = max(0.0, min(amount, item.rest - shares[item.line]))
                    shares[item.line] = move.currency_id.round(
                        shares[item.line] + share
                    )
                    amount -= share
            on_its_way.update(shares)
        return [item._replace(on_its_way=on_its_way[item.line]) for item in items]

    def _paynow_is_autopay_left(self):
        """Tell whether this instalment is left to the client.

        :rtype: bool
        """
        self.ensure_one()
        # That of all lines at hand, and none of a hundred other columns.
        self.browse(self._prefetch_ids).fetch(["paynow_autopay_left"])
        return self.paynow_autopay_left

    def write(self, vals):
        """Override of `account` to let automatic payment follow a new due date."""
        result = super().write(vals)
        if "date_maturity" in vals:
            moves = self.filtered(
                lambda line: (
                    line.display_type == "payment_term"
                    and line.parent_state == "posted"
                )
            ).move_id
            # In sudo mode as whoever writes may not read the client's choice.
            for move_sudo in moves.sudo().filtered("paynow_autopay_date"):
                move_sudo._paynow_autopay_follow_due_date()
        return result
