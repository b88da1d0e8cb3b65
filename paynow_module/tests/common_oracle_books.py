# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from collections import Counter
from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.fields import Command

from .common_oracle_items import ItemSteps


class Book(ItemSteps):
    """The books of two companies, written step by step through Odoo's own doors."""

    def __init__(self, test, seen=None, is_each_compared=True):
        """Begin with nothing.

        :param bool is_each_compared: Whether what is said is compared after each step;
            otherwise at the end only, in half of the time.
        """
        self.test, self.env = test, test.env
        self.is_each_compared = is_each_compared
        self.seen = Counter() if seen is None else seen
        self.bills, self.txs, self.splits = [], [], {}

    def fill(self, book):
        """Make all steps; what Odoo refuses is left out."""
        self.env.invalidate_all()
        for company, zone in zip(self.test.companies, book["zones"], strict=True):
            company.partner_id.tz = zone
        self.today = self.test.company._paynow_get_today()
        self.seen.update({f"zone {zone}" for zone in book["zones"]})
        for name, *arguments in (book["first"], *book["steps"]):
            try:
                with self.env.cr.savepoint():
                    getattr(self, name)(*arguments)
            # Odoo's rules, such as a period that is locked; and what it can't post:
            # some amounts of next to nothing in another currency.
            except (UserError, CheckViolation):
                self.env.invalidate_all()
                self.seen[f"{name} refused by Odoo"] += 1
            else:
                self.seen[name] += 1
                # A bill moves nothing of what was paid.
                if self.is_each_compared and name != "bill":
                    self.test._compare(self)
        self.test._compare(self)

    def _note(self, what, is_so):
        """Note what the books hold, for the distribution."""
        if is_so:
            self.seen[what] += 1

    def _pick(self, records, which):
        return records[which % len(records)] if records else None

    def _amount(self, cents, currency):
        """Return an amount in the smallest units of a currency."""
        return currency.round(cents * currency.rounding)

    # === DOCUMENTS === #

    def bill(self, values):
        test = self.test
        currency, date = test.currencies[values["currency"]], self._day(values["age"])
        company = test.companies[values["is_branch"]]
        bill = self.env["account.move"].with_company(company).create(
            {
                "name": f"Inv{len(self.bills)}",
                "move_type": "out_invoice",
                "partner_id": test.people[values["who"]].id,
                "invoice_payment_term_id": test.terms[values["terms"]].id,
                "invoice_date": date,
                "currency_id": currency.id,
                "paynow_ignore_credit": values["is_credit_ignored"],
                "invoice_line_ids": [self._line(values["cents"], currency,
                                                values["taxes"])],
            }
        )  # fmt: skip
        bill.action_post()
        bill.is_move_sent = values["sent"] == "yes"
        if values["sent"] == "late":
            bill.paynow_sent_date = self._day(5)
        self.bills.append(bill)
        self.seen.update(
            [values["terms"], f"in {currency.name}", f"sent {values['sent']}",
             f"{len(values['taxes'])} taxes"]
        )  # fmt: skip
        self._note("branch", values["is_branch"])
        self._note("contact of a client", bill.partner_id.parent_id)

    def _day(self, age):
        return self.today - timedelta(days=age)

    def _line(self, cents, currency, taxes=()):
        return Command.create(
            {
                "name": "Service",
                "price_unit": self._amount(cents, currency),
                "tax_ids": [Command.set([self.test.taxes[t].id for t in taxes])],
            }
        )

    def note(self, which, part, is_applied):
        """Make a credit note of a part of a bill, applied to it or not."""
        bill = self._pick(self.bills, which)
        note = bill.copy(
            {
                "move_type": "out_refund",
                "name": f"Credit{self.seen['note']}",
                "invoice_date": self.today,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.clear()],
                "line_ids": [Command.clear()],
            }
        )
        cents = round(bill.amount_total / bill.currency_id.rounding * part / 100)
        note.invoice_line_ids = [self._line(max(1, cents), bill.currency_id)]
        note.action_post()
        if is_applied:
            self._reconcile(note, bill)
        self.seen[f"note {'' if is_applied else 'not '}applied"] += 1

    def draft(self, which, then):
        """Reset a bill to draft; post it again, with other terms maybe, or cancel it."""
        bill = self._pick(self.bills, which)
        if bill.state == "posted":
            bill.button_draft()
        if then in self.test.terms:
            bill.invoice_payment_term_id = self.test.terms[then]
        if then == "cancel":
            bill.button_cancel()
        elif then != "draft":
            bill.action_post()
        self.seen[f"draft, then {then}"] += 1

    def entry(self, lines, age):
        """Make an opening entry with the balances of several clients."""
        test, commands, balance = self.test, [], 0.0
        date = self._day(age)
        for who, code, cents, days in lines:
            currency = test.currencies[code]
            amount = self._amount(cents, currency)
            value = currency._convert(amount, test.currency, test.company, date)
            balance += value
            commands.append(
                Command.create(
                    {
                        "account_id": test.receivable.id,
                        "partner_id": test.people[who].id,
                        "currency_id": currency.id,
                        "amount_currency": amount,
                        "balance": value,
                        "date_maturity": days is not None and self._day(days),
                    }
                )
            )
        other = {"account_id": test.revenue.id, "balance": -balance}
        entry = self.env["account.move"].create(
            {"date": date, "line_ids": [*commands, Command.create(other)]}
        )
        entry.action_post()
        self._note("entry of several clients", len({who for who, *_ in lines}) > 1)

    def lock(self, days):
        self.test.company.sudo().fiscalyear_lock_date = self._day(days)

    # === PAYMENTS BY HAND === #

    def hand(self, which, part, code):
        """Register a payment as staff do, in the dialog."""
        bill = self._pick(self.bills, which)
        values = {"amount": bill.currency_id.round(bill.amount_total * part / 100)}
        if code and bill.currency_id != self.test.currencies[code]:
            values["currency_id"] = self.test.currencies[code].id
            self.seen["paid in another currency"] += 1
        elif part == 100:
            values = {}  # What the dialog says, a discount deducted.
        self.test._register_payment(
            bill.with_company(bill.company_id), payment_date=self.today, **values
        )

    def advance(self, who, code, cents, is_inbound):
        """Receive a payment that is for nothing, or pay one out."""
        currency = self.test.currencies[code]
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound" if is_inbound else "outbound",
                "partner_type": "customer",
                "partner_id": self.test.people[who].id,
                "amount": self._amount(cents, currency),
                "currency_id": currency.id,
                "date": self.today,
                "journal_id": self.test.bank.id,
            }
        )
        payment.action_post()
        self.seen["paid in advance" if is_inbound else "paid out by hand"] += 1

    def match(self, which, line):
        """Apply an open credit to a bill, as the form of the bill offers."""
        bill = self._pick(self.bills, which)
        widget = bill.invoice_outstanding_credits_debits_widget
        if offer := self._pick(widget and widget["content"], line):
            bill.js_assign_outstanding_line(offer["id"])
            self.seen["credit applied by hand"] += 1

    def _reconcile(self, *moves):
        lines = self.env["account.move"].union(*moves).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )  # fmt: skip
        lines.reconcile()
