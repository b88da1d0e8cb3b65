# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import fields
from odoo.fields import Command

from ..exceptions import PaynowRefusal
from ..models.payment.account_move_proof import Pick, Proof
from .common_oracle import Oracle
from .common_oracle_online import OnlineSteps
from .common_oracle_tables import DRAFTS, MATCHED


class Chosen(NamedTuple):
    """What a payer chose for one open item."""

    line_id: int
    move_id: int
    amount: Decimal


class Split(NamedTuple):
    """What a payer of several open items chose, as the test remembers it."""

    picks: list[Chosen]
    #: On which day they pressed *Pay*.
    day: date

    def spread(self, amount, skipped):
        """Return what each item gets of an amount that comes after another one."""
        shares = []
        for pick in self.picks:
            start, skipped = min(skipped, pick.amount), skipped - pick.amount
            skipped = max(Decimal(0), skipped)
            share = min(amount, pick.amount - start)
            amount -= share
            if share:
                shares.append((pick, share))
        return shares

    def get_amount(self, move_id):
        return sum(pick.amount for pick in self.picks if pick.move_id == move_id)


class ItemSteps(OnlineSteps):
    """The steps of payers of several open items; each is checked when it is booked."""

    def read(self):  # pylint: disable=method-required-super
        """Return what the tables say now."""
        self.env.flush_all()
        return Oracle(
            self.env.cr,
            self.test.companies.ids,
            fields.Datetime.now(),
            self.splits,
        )

    def items(self, which, choices, state, minutes, kind):
        """Tick items of a client's list and pay them, up to a state.

        :param list choices: Which item, and which part of what is still to pay of it.
        """
        bill, oracle = self._pick(self.bills, which), self.read()
        client, currency = bill.commercial_partner_id, bill.currency_id
        offered = [
            line
            for line in oracle.get_list(bill.company_id.id, client.id)
            if line.currency_id == currency.id and line.still > 0
        ]
        lines, chosen = [], []
        for index, part in choices:
            if offered:
                lines.append(offered.pop(index % len(offered)))
                amount = self._choose(oracle, lines[-1], part, currency)
                chosen.append(Chosen(lines[-1].id, lines[-1].move_id, amount))
        if not chosen:
            return
        picks = [Pick(*pick[:2], float(pick.amount), "") for pick in chosen]
        client._paynow_check_picks(bill.company_id, picks)
        too_much = float(lines[0].still + self._unit(currency))
        with self.test.assertRaises(PaynowRefusal):
            client._paynow_check_picks(
                bill.company_id, [picks[0]._replace(amount=too_much), *picks[1:]]
            )
        self._pay_picks(bill, picks, state, minutes, kind)
        self.splits[self.txs[-1].id] = Split(chosen, oracle.today[bill.company_id.id])
        if state == "posted":
            self._post(self.txs[-1])
        self.seen.update([f"items {state}", f"{len(picks)} items"])

    def _choose(self, oracle, line, part, currency):
        """Return an amount of an open item: a part of it, or all less the discount."""
        unit = self._unit(currency)
        discounted = oracle.get_discounted(line.move_id)
        if part == 100 and discounted and not line.on_its_way:
            self.seen["item with a discount"] += 1
            return discounted
        return max(unit, (line.still * part / 100).quantize(unit))

    @staticmethod
    def _unit(currency):
        return Decimal(1).scaleb(-currency.decimal_places)

    def _pay_picks(self, bill, picks, state, minutes, kind):
        """Make the transaction that the guard makes."""
        invoice_sudo = bill.sudo().browse(picks[0].invoice_id)
        amount = invoice_sudo.currency_id.round(sum(pick.amount for pick in picks))
        proof = Proof(invoice_sudo, amount, self.test.email, "mail", tuple(picks))
        provider = self.test.promises if kind == "promise" else self.test.provider
        tx = self.test._create_transaction(
            "direct",
            reference=f"items-{len(self.txs)}",
            amount=amount,
            currency_id=invoice_sudo.currency_id.id,
            partner_id=proof.partner_sudo.id,
            provider_id=provider.id,
            invoice_ids=[Command.set(proof.invoices_sudo.ids)],
            is_paynow=True,
            paynow_email=self.test.email,
            paynow_visitor=kind,
            paynow_is_known=True,
            **self.env["payment.transaction"]._paynow_prepare_allocations(proof),
        )
        self._begin(tx, "confirmed" if state == "posted" else state, minutes)

    # === THE BOOKS === #

    def _post(self, txs):  # pylint: disable=missing-return
        """Post payments one by one, and compare what that moves in the books."""
        for tx in txs:
            source = tx.source_transaction_id or tx
            split = self.splits.get(source.id)
            if (
                not split
                or tx.state != "done"
                or tx.payment_id
                or tx.operation == "refund"
                or tx.child_transaction_ids.filtered(
                    lambda part: part.state in ("done", "cancel")
                )
            ):
                super()._post(tx)
                continue
            rests = self._read_rests()
            expected, credit = self._allocate(tx, source, split, dict(rests))
            super()._post(tx)
            if tx.payment_id:
                self._compare_entry(tx, rests, expected, credit)

    def _read_rests(self):
        """Return what is left of each line in the books, and of those of drafts."""
        oracle = self.read()
        rests = dict(oracle.raw)
        for line_id, _move_id, amount in oracle._query(DRAFTS):
            rests[line_id] = Decimal(amount)
        return rests

    def _allocate(self, tx, source, split, rests):
        """Return what is left of each line once a payment is booked, and its credit."""
        oracle = self.read()
        amount = Decimal(str(tx.currency_id.round(tx.amount)))
        shares = split.spread(amount, oracle.booked.get(source.id, 0))
        credit = amount - sum(share for _pick, share in shares)
        overflow = []
        for pick, share in shares:
            discounted = oracle.get_discounted(pick.move_id, split.day)
            earned = discounted and discounted == share
            earned = earned and share == split.get_amount(pick.move_id)
            if earned and pick.line_id in rests:
                rests[pick.line_id], share = Decimal(0), Decimal(0)
                self.seen["item closed by a discount"] += 1
            used = max(Decimal(0), min(share, rests.get(pick.line_id, Decimal(0))))
            if used:
                rests[pick.line_id] -= used
            overflow.append((pick.move_id, share - used))
        drafts = {line_id: of_id for line_id, of_id, _x in oracle._query(DRAFTS)}
        for move_id, share in overflow:
            for line in oracle.terms.get(move_id, ()):
                used = max(Decimal(0), min(share, rests[line.id]))
                rests[line.id] -= used
                share -= used
            for line_id, of_id in drafts.items():
                if of_id == move_id:
                    used = max(Decimal(0), min(share, rests[line_id]))
                    rests[line_id] -= used
                    share -= used
            self.seen["item paid otherwise meanwhile"] += bool(share)
            credit += share
        return rests, credit

    def _compare_entry(self, tx, rests, expected, credit):
        """Compare what the posting of a payment moved with what it should have."""
        test, after = self.test, self._read_rests()
        test.assertEqual(
            self._join(rests, {line_id: after.get(line_id) for line_id in rests}),
            self._join(rests, expected),
            tx.reference,
        )
        entry = tx.payment_id.move_id
        own = {line.id: after.pop(line.id, 0) for line in entry.line_ids}
        test.assertEqual(-sum(own.values()), credit)
        new = {line_id: rest for line_id, rest in after.items() if line_id not in rests}
        test.assertFalse(any(new.values()), new)
        test.assertEqual(
            tx.currency_id.round(tx._paynow_get_source()._paynow_get_credit()),
            self._get_credit(tx.source_transaction_id or tx),
        )
        liquidity = entry.line_ids.filtered(
            lambda line: line.account_id == tx.payment_id.outstanding_account_id
        )
        test.assertEqual(liquidity.mapped("amount_currency"), [tx.amount])
        self.seen["items booked"] += 1

    def _join(self, before, rests):
        """Return what is left of lines, and of bills with instalments below zero.

        Odoo takes those from the others whenever something of the bill is matched.
        """
        joined = dict(rests)
        for move_id, lines in self.read().terms.items():
            own = [line.id for line in lines if line.id in joined]
            if any(before[line_id] < 0 for line_id in own):
                joined[-move_id] = sum(joined.pop(line_id) for line_id in own)
        return joined

    def _get_credit(self, source):
        """Return what no invoice took of a payment and its parts, by the tables."""
        raw = self.read().raw
        payments = (source | source.child_transaction_ids).payment_id.filtered(
            lambda payment: (
                payment.payment_type == "inbound"
                and payment.state in ("in_process", "paid")
            )
        )
        return float(-sum(raw.get(id_, 0) for id_ in payments.move_id.line_ids.ids))

    def _return(self, tx):
        """Have the bank return a payment, and compare what that opens."""
        rests, oracle = self._read_rests(), self.read()
        entry = tx.payment_id.move_id
        expected = dict(rests)
        for line_id, amount in oracle._query(MATCHED, entry=entry.id):
            if line_id in expected:
                expected[line_id] += Decimal(amount)
        expected.update(dict.fromkeys(set(entry.line_ids.ids) & set(rests), Decimal(0)))
        res = super()._return(tx)
        after = self._read_rests()
        self.test.assertEqual(
            {line_id: after.get(line_id) for line_id in rests}, expected, tx.reference
        )
        return res
