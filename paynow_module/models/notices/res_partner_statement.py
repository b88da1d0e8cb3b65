# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

MAX_LINES = 20  # Of one table; a mail with more is not read.


class ResPartner(models.Model):
    """What a client owes, as the account summary tells it."""

    _inherit = "res.partner"

    def _paynow_get_statement(self, company):
        """Return what this client owes to a company, as plain values.

        Credit notes and payments that close no invoice yet are deducted, so that the
        total is what the client owes.

        :param res.company company: The company.
        :return: The statement, as {'company_name': str, 'partner_name': str,
            'cards': see `payment.token._paynow_get_expiring_cards`,
            'portal_url': str, 'tables': one dict for each currency}. A table is
            {'currency': res.currency, 'lines': list[dict], 'hidden_count': int,
            'total': float, 'overdue': float}; a line is {'status':
            'past_due'|'open'|'new'|'credit', 'number': str, 'date_issued': date,
            'date_due': date, 'amount': float, 'balance': float, 'url': str|False,
            'autopay_date': date|False}. The amounts are in the currency of the table.
        :rtype: dict
        """
        self.ensure_one()
        partner = self.commercial_partner_id
        lines_by_currency = {}
        today = company._paynow_get_today()
        last = partner._paynow_get_last_summary(company)
        # Without one as if there had been one, one period ago.
        since = last.date if last else company._paynow_get_summary_day_before()
        for items, balance in partner._paynow_get_open_items(company):
            line = partner._paynow_prepare_statement_line(items, balance, today)
            move = items.move_id
            if line["status"] == "open" and (
                line["date_issued"] > since
                or (last and move.create_date > last.create_date)
            ):
                line["status"] = "new"
            lines_by_currency.setdefault(items.currency_id, []).append((line, move))
        for payment, left in partner._paynow_get_unlinked_payments(company):
            line = {
                "status": "credit",
                "number": payment.name,
                "date_issued": payment.date,
                "date_due": payment.date,
                "amount": -payment.amount,
                "balance": -left,
                "url": False,
                "autopay_date": False,
            }
            lines_by_currency.setdefault(payment.currency_id, []).append(
                (line, payment.move_id)
            )
        return {
            "company_name": company.name,
            "partner_name": partner.name,
            "cards": self.env["payment.token"]._paynow_get_expiring_cards(
                company, partner
            ),
            "tables": [
                self._paynow_prepare_statement_table(currency, lines)
                for currency, lines in lines_by_currency.items()
            ],
            "portal_url": company._paynow_get_portal_url(),
        }

    def _paynow_prepare_statement_line(self, items, balance, today):
        """Return the row of an open item, as if it were none of the new ones.

        :param account.move.line items: The lines of the item.
        :param float balance: What is open on them, in their currency.
        :param datetime.date today: The day, in the company's time zone.
        :rtype: dict
        """
        move = items.move_id
        issued, due = items._paynow_get_dates()
        if move.is_sale_document(include_receipts=True):
            amount = move.amount_total if balance > 0 else -move.amount_total
        else:
            amount = sum(items.mapped("amount_currency"))
        if balance < 0:
            status = "credit"
        elif due < today:
            status = "past_due"
        else:
            status = "open"
        return {
            "status": status,
            "number": move.name,
            "date_issued": issued,
            "date_due": due,
            "amount": amount,
            "balance": balance,
            "url": False,
            "autopay_date": False,
        }

    def _paynow_prepare_statement_table(self, currency, lines):
        """Return the table of one currency.

        :param res.currency currency: The currency.
        :param list lines: Each row with its move, the oldest first.
        :rtype: dict
        """
        total = sum(line["balance"] for line, _move in lines)
        overdue = sum(
            line["balance"] for line, _move in lines if line["status"] == "past_due"
        )
        shown = lines[:MAX_LINES]
        for line, move in shown:  # The links of the others are not worth their cost.
            if line["status"] != "credit":
                line.update(self._paynow_prepare_statement_way(move))
        return {
            "currency": currency,
            "lines": [line for line, _move in shown],
            "hidden_count": len(lines) - len(shown),
            "total": currency.round(total),
            # No more than the client owes: a credit may cover what is past due.
            "overdue": currency.round(max(0.0, min(overdue, total))),
        }

    def _paynow_prepare_statement_way(self, move):
        """Prepare how what is open on an entry can be paid, for its row.

        Another module can override it to name another way, as `autopay` does.

        :param account.move move: The entry.
        :return: The values, as {'url': str|bool, 'autopay_date': date|bool}.
        :rtype: dict
        """
        return {"url": move.paynow_url, "autopay_date": False}

    def _paynow_get_last_summary(self, company):
        """Return the notice of the last account summary that was mailed.

        :param res.company company: The company.
        :rtype: paynow.notice
        """
        return (
            self.env["paynow.notice"]
            .sudo()
            .search(
                [
                    ("kind", "=", "account_summary"),
                    ("company_id", "=", company.id),
                    ("partner_id", "=", self.id),
                    ("message_id", "!=", False),
                ],
                order="id desc",
                limit=1,
            )
        )  # In sudo mode as not everybody who sends one may read notices.
