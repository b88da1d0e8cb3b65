# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

MAX_LINES = 50  # Of one mail; of a longer one Gmail hides the end.


class ResPartner(models.Model):
    """What a client owes, as the account summary tells it."""

    _inherit = "res.partner"

    def _paynow_get_statements(self, company):
        """Return what each of these clients owes to a company, as plain values.

        Credit notes and payments that close no invoice yet are deducted, so that the
        total is what the client owes.

        :param res.company company: The company.
        :return: The statements, each {'partner_name': str, 'cards': see
            `payment.token._paynow_get_expiring_cards`, 'portal_url': str, 'tables': one
            dict for each currency}. A table is
            {'currency': res.currency, 'lines': list[dict], 'hidden_count': int,
            'links': see `_paynow_prepare_items_links`, 'total': float, 'overdue':
            float, 'credits': float, 'on_its_way': float}; a line is {'status':
            'past_due'|'open'|'new'|'credit'|'processing', 'number': str, 'date_issued':
            date, 'date_due': date, 'amount': float, 'balance': float, 'on_its_way':
            float, 'url': str|False, 'autopay_date': date|False, 'autopay_amount':
            float}.
            The amounts are in the currency of the table; its total is net of the
            credits, which are negative, its overdue amount is not.
        :rtype: dict[res.partner, dict]
        """
        clients = self.commercial_partner_id
        accounts = clients._paynow_get_accounts(company)
        last_by_client = clients._paynow_get_last_summaries(company)
        cards = self.env["payment.token"]._paynow_get_expiring_cards(company, clients)
        portal_url = company._paynow_get_portal_url()
        statements = {}
        for client in clients:
            items, payments = accounts[client]
            tables = client._paynow_prepare_statement_tables(
                company, items, payments, last_by_client.get(client)
            )
            statements[client] = {
                "partner_name": client.name,
                "portal_url": portal_url,
                "cards": cards.get(client, []),
                "tables": tables,
            }
        return {partner: statements[partner.commercial_partner_id] for partner in self}

    def _paynow_prepare_statement_tables(self, company, items, payments, last):
        """Return the tables of this client's statement, see `_paynow_get_statements`.

        :param res.company company: The company.
        :param list items: The open items.
        :param list payments: Payments that close no invoice, each with what is left.
        :param paynow.notice last: Of the last account summary; None without one.
        :rtype: list[dict]
        """
        lines_by_currency = {}
        today = company._paynow_get_today()
        # Without one as if there had been one, one period ago.
        since = last.date if last else company._paynow_get_summary_day_before()
        for item in items:
            line = self._paynow_prepare_statement_line(item, today)
            if line["status"] == "open" and (
                item.date_issued > since
                or (last and item.line.move_id.create_date > last.create_date)
            ):
                line["status"] = "new"
            lines_by_currency.setdefault(item.line.currency_id, []).append((line, item))
        for payment, left in payments:
            line = {
                "status": "credit",
                "number": payment.name,
                "date_issued": payment.date,
                "date_due": payment.date,
                "amount": -payment.amount,
                "balance": -left,
                "on_its_way": 0.0,
                "url": False,
                "autopay_date": False,
                "autopay_amount": 0.0,
            }
            lines_by_currency.setdefault(payment.currency_id, []).append((line, None))
        return [
            self._paynow_prepare_statement_table(
                company, currency, lines, MAX_LINES // len(lines_by_currency) or 1
            )
            for currency, lines in lines_by_currency.items()
        ]

    def _paynow_prepare_statement_line(self, item, today):
        """Return the row of an open item, as if it were none of the new ones.

        :param OpenItem item: The item.
        :param datetime.date today: The day, in the company's time zone.
        :rtype: dict
        """
        currency = item.line.currency_id
        if item.rest < 0:
            status = "credit"
        elif currency.compare_amounts(item.still_to_pay, 0.0) <= 0:
            status = "processing"
        elif item.is_late(today):
            status = "past_due"
        else:
            status = "open"
        return {
            "status": status,
            "number": item.number,
            "date_issued": item.date_issued,
            "date_due": item.date_due,
            "amount": item.amount,
            "balance": item.rest,
            "on_its_way": item.on_its_way,
            "url": False,
            "autopay_date": False,
            "autopay_amount": 0.0,
        }

    def _paynow_prepare_statement_table(self, company, currency, lines, maximum):
        """Return the table of one currency.

        :param res.company company: The company.
        :param res.currency currency: The currency.
        :param list lines: Each row with its open item, if it is one, the oldest first.
        :param int maximum: How many rows it shows at most.
        :rtype: dict
        """
        rows = [row for row, _item in lines]
        shown = lines[:maximum]
        for row, item in shown:  # The links of the others are not worth their cost.
            if row["status"] not in ("credit", "processing"):
                row.update(self._paynow_prepare_statement_way(item))
        return {
            "currency": currency,
            "lines": [row for row, _item in shown],
            "hidden_count": len(lines) - len(shown),
            "links": self._paynow_prepare_statement_links(
                company, currency, [row for row, _item in shown]
            ),
            "total": currency.round(sum(row["balance"] for row in rows)),
            # Of the late items alone: which of them a credit pays, nobody knows yet.
            "overdue": currency.round(
                sum(
                    row["balance"] - row["on_its_way"]
                    for row in rows
                    if row["status"] == "past_due"
                )
            ),
            "credits": currency.round(
                sum(row["balance"] for row in rows if row["status"] == "credit")
            ),
            "on_its_way": currency.round(sum(row["on_its_way"] for row in rows)),
        }

    def _paynow_prepare_statement_links(self, company, currency, rows):
        """Prepare the links to pay several rows of a table at once.

        There are none where one invoice is all that can be paid online, be it in
        several instalments: its own link leads to a page that offers the whole.

        :param res.company company: The company.
        :param res.currency currency: The currency of the table.
        :param list[dict] rows: The rows that the table shows.
        :return: See `_paynow_prepare_items_links`.
        :rtype: list[dict]
        """
        payable = [row for row in rows if row["url"]]
        if len({row["url"] for row in payable}) < 2:
            return []
        late = [row for row in payable if row["status"] == "past_due"]
        return self._paynow_prepare_items_links(
            company,
            next(iter(self._paynow_get_billing_emails()), ""),
            currency,
            has_overdue=0 < len(late) < len(payable),
        )

    def _paynow_prepare_statement_way(self, item):
        """Prepare how an open item can be paid, for its row.

        Another module can override it to name another way, as `autopay` does.

        :param OpenItem item: The item.
        :return: The values, as {'url': str|bool, 'autopay_date': date|bool,
            'autopay_amount': float}.
        :rtype: dict
        """
        move = item.line.move_id
        return {
            "url": move.company_id.paynow_email_links and move.paynow_url,
            "autopay_date": False,
            "autopay_amount": 0.0,
        }

    def _paynow_get_last_summaries(self, company):
        """Return the notice of the last account summary that each of these was mailed.

        :param res.company company: The company.
        :rtype: dict[res.partner, paynow.notice]
        """
        # In sudo mode as not everybody who sends one may read notices.
        Notice_sudo = self.env["paynow.notice"].sudo()
        last = Notice_sudo._read_group(
            [
                ("kind", "=", "account_summary"),
                ("company_id", "=", company.id),
                ("partner_id", "in", self.ids),
                ("message_id", "!=", False),
            ],
            ["partner_id"],
            ["id:max"],
        )
        notices_sudo = Notice_sudo.browse(notice_id for _client, notice_id in last)
        return {notice_sudo.partner_id: notice_sudo for notice_sudo in notices_sudo}
