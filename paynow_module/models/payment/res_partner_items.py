# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

from ...const import PAYABLE_TYPES
from ...exceptions import PaynowRefusal


class ResPartner(models.Model):
    """Which open items of a client can be paid online, and how much of each, now."""

    _inherit = "res.partner"

    def _paynow_get_payable_items(self, company, visitor=None, invoices=None):
        """Return the open items of this client that one can pay online.

        What is on its way is among them, as it may come to nothing.

        :param res.company company: The company to which they are owed.
        :param str visitor: See `_paynow_get_on_its_way` of `account.move`.
        :param account.move invoices: Only those of these invoices, if any.
        :return: The items, the first due first.
        :rtype: list[OpenItem]
        """
        self.ensure_one()
        Line = self.env["account.move.line"]
        domain = [
            ("company_id", "=", company.id),
            ("parent_state", "=", "posted"),
            ("account_type", "=", "asset_receivable"),
            ("display_type", "=", "payment_term"),
            ("reconciled", "=", False),
            ("partner_id.commercial_partner_id", "=", self.id),
            ("move_id.move_type", "in", PAYABLE_TYPES),
        ]
        if invoices is not None:
            domain.append(("move_id", "in", invoices.ids))
        lines = Line.search_fetch(domain, order="date_maturity, id")
        moves = lines.move_id
        moves.fetch(moves._paynow_get_page_fields())
        lines = lines.filtered(
            lambda line: (
                line.move_id._paynow_takes_payments()
                and line in line.move_id._paynow_get_payable_lines()
            )
        )
        if self.env.context.get("paynow_is_portal"):
            shown = lines.move_id._paynow_filter_shown()
            lines = lines.filtered(lambda line: line.move_id in shown)
        items = lines._paynow_prepare_open_items(lines._paynow_get_rests(), visitor)
        return [item for item in items if item.rest > 0]

    def _paynow_check_picks(self, company, picks, visitor=None):
        """Check that what a client has ticked can be paid now, all of it.

        :param res.company company: The company to which it is owed.
        :param tuple[Pick] picks: What they have ticked.
        :param str visitor: See `_paynow_get_on_its_way` of `account.move`.
        :raise PaynowRefusal: If something can't, with a line for each item of which
            that is so.
        """
        Invoice = self.env["account.move"]
        invoices = Invoice.browse(dict.fromkeys(pick.invoice_id for pick in picks))
        items = {
            item.line.id: item
            for item in self._paynow_get_payable_items(company, visitor, invoices)
        }
        errors = []
        for pick in picks:
            item = items.get(pick.line_id)
            move = Invoice.browse(pick.invoice_id)
            problem = move._paynow_explain_item(item, pick.amount, visitor)
            if problem:
                number = item.number if item else move.name
                errors.append(f"{number}: {problem}")
        of_items = items.values()
        if (
            not picks
            or len({pick.line_id for pick in picks}) < len(picks)
            or len({item.line.currency_id for item in of_items}) > 1
            or any(
                move.currency_id.compare_amounts(
                    sum(pick.amount for pick in picks if pick.invoice_id == move.id),
                    move._paynow_get_payable(visitor),
                )
                > 0
                for move in invoices
                if not errors
            )
        ):
            self.env["payment.transaction"]._paynow_refuse()
        if errors:
            raise PaynowRefusal("\n".join(errors))
