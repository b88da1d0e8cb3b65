# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

from ...const import PAYABLE_TYPES

MAX_OTHERS = 50  # Invoices looked at beside one: a client may have thousands.
TERM_FIELDS = (
    "account_id",
    "amount_currency",
    "amount_residual_currency",
    "company_id",  # Asked for by the rules of access.
    "currency_id",
    "date_maturity",
    "display_type",
    "move_id",
    "partner_id",
    "reconciled",
)


class AccountMove(models.Model):
    """The open items of one invoice: what of it is due, late, and on its way."""

    _inherit = "account.move"

    def _paynow_get_term_lines(self):
        """Return the instalments of these invoices, open or not: at least one each.

        :rtype: account.move.line
        """
        lines = self.line_ids
        missing = lines._fields["amount_residual_currency"]._cache_missing_ids(lines)
        if next(missing, None):
            # Those of all invoices at hand, as ever, but of a hundred columns only
            # some.
            lines.browse(lines._prefetch_ids).fetch(TERM_FIELDS)
        return lines.filtered(lambda line: line.display_type == "payment_term")

    def _paynow_get_payable_lines(self):
        """Return the instalments of this invoice that an online payment can close.

        `account_payment` reconciles the lines on the receivable account of the first
        instalment. What stands on another account can't be promised to be paid.

        :rtype: account.move.line
        """
        self.ensure_one()
        lines = self._paynow_get_term_lines()
        return lines.filtered(lambda line: line.account_id == lines[0].account_id)

    def _paynow_get_on_its_way(self, visitor=None):
        """Return what of this entry the online payments on their way will close.

        Nothing, for this room knows of none; `payment` overrides it.

        :param str visitor: Who asks, as `paynow_visitor` of a transaction; their own
            drafts are not on their way.
        :return: The amount in the currency of the entry.
        :rtype: float
        """
        self.ensure_one()
        return 0.0

    def _paynow_get_claims(self, lines, visitor=None):
        """Return which lines of this entry the payments on their way are to close.

        The first due first; `payment` and `autopay` override it for those of which
        more is known.

        :param account.move.line lines: The open lines, the first due first.
        :param str visitor: See `_paynow_get_on_its_way`.
        :return: The amounts in the currency of the entry, each with the lines that it
            closes, in their order.
        :rtype: list[tuple[float, account.move.line]]
        """
        self.ensure_one()
        amount = self._paynow_get_on_its_way(visitor)
        return [(amount, lines)] if amount else []

    def _paynow_get_open_items(self, visitor=None):
        """Return the open items of this invoice that can be paid online.

        :param str visitor: See `_paynow_get_on_its_way`.
        :return: The items, the first due first; none if the invoice is not open.
        :rtype: list[OpenItem]
        """
        self.ensure_one()
        if not self._paynow_is_open():
            return []
        lines = self._paynow_get_payable_lines()
        return lines._paynow_prepare_open_items(lines._paynow_get_rests(), visitor)

    def _paynow_get_late_items(self):
        """Return the open items of this invoice that should have been paid by now.

        Of those whose payment is on its way, only what will be left counts.

        :return: The items, the first due first.
        :rtype: list[OpenItem]
        """
        self.ensure_one()
        today = self.company_id._paynow_get_today()
        return [item for item in self._paynow_get_open_items() if item.is_late(today)]

    def _paynow_get_due_now(self, visitor=None):
        """Return what of this invoice is due now: what is late, and what is due today.

        Where nothing is, that is the instalment which is due next.

        :param str visitor: See `_paynow_get_on_its_way`.
        :return: The amount, in the currency of the invoice, and the day on which the
            first of it was or is due; nothing and None if nothing can be paid.
        :rtype: tuple[float, datetime.date|None]
        """
        self.ensure_one()
        today = self.company_id._paynow_get_today()
        items = [
            item
            for item in self._paynow_get_open_items(visitor)
            if self.currency_id.compare_amounts(item.still_to_pay, 0.0) > 0
        ]
        due = [item for item in items if item.date_due <= today] or items[:1]
        amount = sum(item.still_to_pay for item in due)
        return self.currency_id.round(amount), due[0].date_due if due else None

    def _paynow_get_other_items(self):
        """Return what else the client has to pay, in the currency of this invoice.

        :return: The open items of their other invoices of this company; of those that
            are due last none, where there are very many.
        :rtype: list[OpenItem]
        """
        self.ensure_one()
        others = self.search(
            [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("move_type", "in", PAYABLE_TYPES),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "in_payment", "partial")),
                ("id", "!=", self.id),
            ],
            order="invoice_date_due, id",
            limit=MAX_OTHERS,
        )
        # All at once: what each was paid without an entry is a query.
        lines = self.env["account.move.line"].union(
            *(
                other._paynow_get_payable_lines()
                for other in others
                if other._paynow_takes_payments()
            )
        )
        return [
            item
            for item in lines._paynow_prepare_open_items(lines._paynow_get_rests())
            if self.currency_id.compare_amounts(item.still_to_pay, 0.0) > 0
        ]
