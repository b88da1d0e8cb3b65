# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from collections import defaultdict
from decimal import Decimal

from .common_oracle_tables import (
    BOOKED,
    DAYS,
    DISCOUNT,
    LINES,
    ON_ITS_WAY,
    PAID,
    PROMISED,
    REFUNDED,
    Line,
)


class Oracle:
    """What each client owes, reckoned from the tables alone.

    It shares no code with the add-on, nor with what Odoo stores as residual, state of
    payment or reconciled.
    """

    def __init__(self, cr, companies, now, splits):
        """Read the tables.

        :param dict splits: What payers of several items chose, by the transaction.
        """
        self.cr, self.splits = cr, splits
        self.values = {"companies": tuple(companies), "now": now}
        self.today = dict(self._query(DAYS))
        self.lines = [Line(*row) for row in self._query(LINES)]
        self.raw = {line.id: line.rest for line in self.lines}
        self.terms = defaultdict(list)
        for line in sorted(self.lines, key=lambda line: (line.due, line.id)):
            if line.is_term:
                self.terms[line.move_id].append(line)
        for lines in self.terms.values():
            self._offset(lines)
        self.booked = {tx_id: Decimal(amount) for tx_id, amount in self._query(BOOKED)}
        self.on_its_way = self._get_on_its_way()
        for move_id, lines in self.terms.items():
            left = self.on_its_way.get(move_id, Decimal(0))
            for line_id, share in self._get_claims(move_id):
                self._close(sorted(lines, key=lambda o: o.id != line_id), share)
                left -= share
            self._close(lines, max(Decimal(0), left))  # The first due is paid first.
        self._give_back()
        self.refunded = {move_id for (move_id,) in self._query(REFUNDED)}

    def _query(self, query, **values):
        self.cr.execute(query, {**self.values, **values})
        return self.cr.fetchall()

    def _get_on_its_way(self, visitor=None):
        amounts = defaultdict(Decimal)
        for tx_id, move_id, amount in self._query(ON_ITS_WAY, visitor=visitor):
            amount = Decimal(amount)
            if split := self.splits.get(tx_id):
                shares = split.spread(amount, self.booked.get(tx_id, 0))
                amount = sum(share for pick, share in shares if pick.move_id == move_id)
            amounts[move_id] += amount
        promised = set()
        for tx_id, move_id, *values in self._query(PROMISED):
            amount, discounted = map(Decimal, values)
            if split := self.splits.get(tx_id):
                amount = split.get_amount(move_id)
            if len(self.terms[move_id]) == 1 and (
                amounts.get(move_id) == amount == discounted
            ):
                promised.add(move_id)
        for move_id in promised:  # All of it is paid, less the discount.
            amounts[move_id] = self.terms[move_id][0].rest
        return amounts

    def _get_claims(self, move_id):
        """Return what was chosen of an invoice and is on its way: item and amount."""
        return [
            (pick.line_id, share)
            for tx_id, of_id, amount in self._query(ON_ITS_WAY, visitor=None)
            if of_id == move_id and tx_id in self.splits
            for pick, share in self.splits[tx_id].spread(
                Decimal(amount), self.booked.get(tx_id, 0)
            )
            if pick.move_id == move_id
        ]

    @staticmethod
    def _close(lines, amount):
        for line in lines:
            used = max(Decimal(0), min(line.rest - line.on_its_way, amount))
            line.on_its_way += used
            amount -= used

    def _offset(self, lines):
        """Take instalments of the wrong sign from the others, the last due first."""
        total = sum((line.rest for line in lines), Decimal(0))
        wrong = [line for line in lines if line.rest * total < 0 or not total]
        amount = sum((line.rest for line in wrong), Decimal(0))
        for line in wrong:
            line.rest = Decimal(0)
        for line in reversed(lines):
            used = min(abs(line.rest), abs(amount)).copy_sign(line.rest)
            line.rest -= used
            amount += used

    def _give_back(self):
        """Take what was paid out from the credit that it gives back, then others."""
        groups = defaultdict(list)
        for line in self.lines:
            groups[line.key].append(line)
        for lines in groups.values():
            lines.sort(key=lambda line: (line.due, line.booked, line.move_id, line.id))
            for refund in lines:
                if not refund.is_paid_out or refund.rest < 0:
                    continue
                left, refund.rest = refund.rest, Decimal(0)
                credits_left = [line for line in lines if line.rest < 0]
                for line in sorted(
                    credits_left, key=lambda line: line.move_id != refund.source
                ):
                    used = min(left, -line.rest)
                    line.rest += used
                    left -= used

    # === WHAT IS ASKED === #

    def get_items(self, company_id, client):
        """Return what is open of a client."""
        return [
            line
            for line in self.lines
            if line.rest and (line.company_id, line.client) == (company_id, client)
        ]

    def owes(self, company_id, client):
        """Tell whether a client owes anything in any currency, credits deducted."""
        totals = defaultdict(Decimal)
        for line in self.get_items(company_id, client):
            totals[line.currency_id] += line.still
        return any(total > 0 for total in totals.values())

    def get_list(self, company_id, client):
        """Return what a client can tick in the list of all that they owe."""
        return [
            line
            for line in self.get_items(company_id, client)
            if line.is_term and line.kind == "out_invoice" and line.rest > 0
        ]

    def get_bill_items(self, move_id):
        """Return what is open of an invoice, the first due first."""
        return [line for line in self.terms[move_id] if line.rest > 0]

    def get_payable(self, move_id, visitor="nobody"):
        """Return what is left of an invoice less what is on its way."""
        rest = sum((line.rest for line in self.terms[move_id]), Decimal(0))
        way = self._get_on_its_way(visitor).get(move_id, Decimal(0))
        return max(Decimal(0), rest - way)

    def is_late(self, line):
        return line.due < self.today[line.company_id] and line.still > 0

    def get_late(self, move_id):
        return [line for line in self.terms[move_id] if self.is_late(line)]

    def get_due_now(self, move_id):
        """Return what is due by today, or next, and since when."""
        lines = [line for line in self.terms[move_id] if line.still > 0]
        due = [line for line in lines if line.due <= self.today[line.company_id]]
        due = due or lines[:1]
        amount = sum((line.still for line in due), Decimal(0))
        return amount, due[0].due if due else None

    def get_number(self, line):
        terms = self.terms[line.move_id]
        if len(terms) < 2 or line not in terms:
            return line.number
        return f"{line.number} ({terms.index(line) + 1} of {len(terms)})"

    def get_credit(self, key):
        """Return what a client has too much, on an account and in a currency."""
        return -sum(
            (line.rest for line in self.lines if line.key == key and line.rest < 0),
            Decimal(0),
        )

    def is_covered(self, move_id, ignored):
        """Tell whether a credit covers what is late of a bill and what is due before.

        :param set ignored: The bills for which no credit is meant.
        """
        waiting = self.get_late(move_id) or self.get_bill_items(move_id)
        if not waiting or move_id in ignored:
            return False
        key, last = waiting[0].key, (waiting[-1].due, move_id)
        before = sum(
            (
                line.still
                for line in self.lines
                if line.key == key
                and line.rest > 0
                and line.move_id not in ignored
                and (line.due, line.move_id) <= last
            ),
            Decimal(0),
        )
        credit = self.get_credit(key)
        return credit > 0 and before <= credit

    def get_discounted(self, move_id, day=None):
        """Return the amount of the early payment discount, if it is offered that day.

        :param datetime.date day: The day; today if none.
        """
        if len(self.terms[move_id]) != 1:
            return None
        (line,) = self.terms[move_id]
        rows = self._query(
            DISCOUNT,
            line=line.id,
            today=day or self.today[line.company_id],
        )
        return Decimal(rows[0][0]) if rows else None

    def get_left_to_the_client(self):
        """Return what was late when the client chose to have all paid automatically."""
        rows = self._query("SELECT id FROM account_move_line WHERE paynow_autopay_left")
        return {line_id for (line_id,) in rows}

    def get_paid_days(self):
        """Return the last day on which a paid invoice was paid, but for refunded ones.

        Those have tests of their own, with the reports.
        """
        paid = {
            move_id
            for move_id, lines in self.terms.items()
            if lines
            and lines[0].kind == "out_invoice"
            and not sum(self.raw[line.id] for line in lines)
        }
        rows = self._query(PAID, refunded=(0, *self.refunded))
        return {move_id: day for move_id, day in rows if move_id in paid}
