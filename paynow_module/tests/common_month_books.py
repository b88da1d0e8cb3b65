# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date

#: The end of the month before, and of the month; a day after all that is booked.
SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 31)
EVER = date(2026, 12, 31)


class PaynowMonthBooks:
    """What the books of a month say, what we tell of them, and both on paper."""

    # === THE BOOKS === #

    def _get_entries(self):
        """Return the posted entries, the first one first."""
        domain = [("company_id", "=", self.company.id), ("state", "=", "posted")]
        return self.env["account.move"].search(domain, order="id")

    def _get_balances(self, day, *groups):
        """Return what the accounts stand at on a day, in the company's currency.

        :param datetime.date day: The day.
        :param str groups: What else than the account to tell apart.
        :rtype: dict
        """
        self.env.flush_all()
        rows = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ],
            ["account_id", *groups],
            ["balance:sum"],
        )
        return {
            (key[0] if len(key) == 1 else tuple(key)): round(balance, 2)
            for *key, balance in rows
            if round(balance, 2)
        }

    def _get_waiting_refunds(self, client):
        """Return the lines of refunds that wait for their credit note."""
        return self.env["account.move.line"].search(
            [
                ("partner_id", "=", client.id),
                ("account_id", "=", self.receivable.id),
                ("move_id.origin_payment_id.payment_type", "=", "outbound"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )

    def _assert_agrees(self):
        """Assert what must hold on each day, between the books and what we tell."""
        self._assert_clients_agree()
        self._assert_payments_agree()
        listed = self._get_listed().filtered(lambda tx: tx.company_id == self.company)
        # What is authorized for days is to be captured or voided.
        self.assertLessEqual(set(listed.mapped("state")), {"authorized"})
        check = self.company._paynow_get_check_provider()
        self.assertEqual(check["state"], "green", check["message"])

    def _assert_clients_agree(self):
        """Assert that account summaries and open items are the receivable account."""
        balances = self._get_balances(EVER, "partner_id")
        for client in self.clients:
            items = client._paynow_get_open_items(self.company)
            refunds = self._get_waiting_refunds(client)
            self.assertAlmostEqual(
                sum(item.line.amount_residual for item in items)
                + sum(refunds.mapped("amount_residual")),
                balances.get((self.receivable, client), 0.0),
                msg=client.name,
            )
            tables = client._paynow_get_statements(self.company)[client]["tables"]
            for currency in self.currency | self.euro:
                in_books = sum(
                    self.env["account.move.line"]
                    .search(
                        [
                            ("partner_id", "=", client.id),
                            ("account_id", "=", self.receivable.id),
                            ("currency_id", "=", currency.id),
                            ("parent_state", "=", "posted"),
                            ("reconciled", "=", False),
                        ]
                    )
                    .mapped("amount_residual_currency")
                )
                waiting = refunds.filtered(
                    lambda line, c=currency: line.currency_id == c
                )
                told = sum(t["total"] for t in tables if t["currency"] == currency)
                self.assertAlmostEqual(
                    told + sum(waiting.mapped("amount_residual_currency")),
                    in_books,
                    msg=f"{client.name}, {currency.name}",
                )

    def _assert_payments_agree(self):
        """Assert that what is outstanding, and *Payments*, are the entries."""
        balances = self._get_balances(EVER)
        payments = self.env["account.payment"].search(
            [("company_id", "=", self.company.id), ("move_id.state", "=", "posted")]
        )
        for account in self.outstanding_accounts:
            unmatched = sum(
                payment.amount_company_currency_signed
                for payment in payments
                if payment.outstanding_account_id == account
                and payment.state in ("in_process", "paid")
                and not payment.is_matched
            )
            self.assertAlmostEqual(unmatched, balances.get(account, 0.0))
        txs = self.env["payment.transaction"].sudo().search(
            [("company_id", "=", self.company.id), ("is_paynow", "=", True)]
        )  # fmt: skip
        entries = txs.payment_id.move_id
        entries |= entries.reversal_move_ids
        lines = entries.line_ids.filtered(
            lambda line: (
                line.account_id in self.outstanding_accounts
                and line.parent_state == "posted"
            )
        )
        self.assertAlmostEqual(
            sum(txs.mapped("paynow_company_net")), sum(lines.mapped("balance"))
        )
        for currency in self.currency | self.euro:
            ours = txs.filtered(lambda tx, c=currency: tx.currency_id == c)
            booked = lines.filtered(lambda line, c=currency: line.currency_id == c)
            self.assertAlmostEqual(
                sum(ours.mapped("paynow_net_amount")),
                sum(booked.mapped("amount_currency")),
            )

    # === ON PAPER === #

    def _render_month(self):
        """Return the journal and the balances as tables in Markdown.

        The entries of the invoices themselves are in the balances only.

        :rtype: str
        """
        rows = [
            "| day | what happens | debit | credit | amount |",
            "|---|---|---|---|--:|",
        ]
        for day, what, entries in self.events:
            entries = entries.filtered(
                lambda move: move.move_type in ("entry", "out_refund")
            )
            first, postings = (f"{day:%b %-d}", what), []
            for move in entries:
                if move.date != day:
                    first = (f"{first[0]}, booked {move.date:%b %-d}", what)
                postings += self._get_postings(move)
            nothing = ("", "", "" if what.startswith("*") else "nothing")
            for number, posting in enumerate(postings or [nothing]):
                row = (*(("", "") if number else first), *posting)
                rows.append(f"| {' | '.join(row)} |".replace("  ", " "))
        rows += ["", "| account | Sep 30 | Oct 31 |", "|---|--:|--:|"]
        before, after = self._get_balances(SEPTEMBER), self._get_balances(OCTOBER)
        for account in (
            self.env["account.account"].union(*before, *after).sorted("code")
        ):
            figures = (f"{book.get(account, 0.0):,.2f}" for book in (before, after))
            rows.append(f"| {account.name} | {' | '.join(figures)} |")
        return "\n".join(rows) + "\n"

    def _get_postings(self, move):
        """Return an entry as accounts in debit and in credit, and the amount.

        :rtype: list[tuple[str, str, str]]
        """
        sides = {True: {}, False: {}}
        for line in move.line_ids.filtered("balance"):
            side = sides[line.balance > 0]
            side[line.account_id] = side.get(line.account_id, 0.0) + abs(line.balance)
        debits, credits_ = ([*side.items()] for side in (sides[True], sides[False]))
        postings = []
        while debits and credits_:
            (debit, left), (credit, right) = debits[0], credits_[0]
            amount = min(left, right)
            postings.append((debit.name, credit.name, f"{amount:,.2f}"))
            debits[0], credits_[0] = (debit, left - amount), (credit, right - amount)
            debits = [pair for pair in debits if round(pair[1], 2)]
            credits_ = [pair for pair in credits_ if round(pair[1], 2)]
        return postings
