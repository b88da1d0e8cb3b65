# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command


class OnlineSteps:
    """The steps of `common_oracle_books` that payers and providers make."""

    def online(self, which, part, state, minutes, kind):
        """Pay a bill online, up to a state; `posted` is in the books."""
        bill = self._pick(self.bills, which)
        if bill.state != "posted":
            return
        amount = bill.currency_id.round(bill.amount_total * part / 100)
        instalment = bill._get_invoice_next_payment_values()
        if part == 100 and instalment["installment_state"] == "epd":
            amount = instalment["amount_due"]  # As Odoo's own portal offers.
        if not amount:
            return
        provider = self.test.promises if kind == "promise" else self.test.provider
        tx = self.test._create_transaction(
            "direct",
            reference=f"{bill.name}-{len(self.txs)}",
            amount=amount,
            currency_id=bill.currency_id.id,
            partner_id=bill.partner_id.id,
            provider_id=provider.id,
            invoice_ids=[Command.set(bill.ids)],
            is_paynow=True,
            paynow_email=self.test.email,
            paynow_visitor=kind,
        )
        self._begin(tx, state, minutes)
        old = " old" if minutes > 15 else ""
        self.seen[f"online {state}{old if state == 'draft' else ''}"] += 1
        self._note("promise", kind == "promise" and state == "pending")

    def _begin(self, tx, state, minutes):
        """Bring a new payment up to a state.

        :param int minutes: How long ago it was begun.
        """
        self.txs.append(tx)
        self._set(tx, state)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(minutes=minutes), tx.id],
        )
        tx.invalidate_recordset()

    def _set(self, tx, state):
        tx.provider_id.support_manual_capture = "partial"  # For authorized ones.
        if state in ("pending", "authorized"):
            getattr(tx, f"_set_{state}")()
        elif state == "error":
            tx._set_error("No.")
        elif state != "draft":
            tx._set_done()
        if state == "posted":
            self._post(tx)

    def _post(self, txs):
        txs._post_process()

    def news(self, which, state):
        """Have the bank settle a payment that was on its way, or post what it had."""
        waiting = [
            tx
            for tx in self.txs
            if tx.state == "pending"
            or (tx.state == "done" and not tx.is_post_processed)
        ]
        tx = self._pick(waiting, which)
        if tx:
            self._set(tx, "posted" if tx.state == "done" else state)
            self.seen[f"then {state}"] += 1

    def part(self, which, part, way, is_posted):
        """Capture or void a part of an authorized payment."""
        if not any(tx.state == "authorized" for tx in self.txs):
            self.online(which, 100, "authorized", 0, "")
        source = self._pick([tx for tx in self.txs if tx.state == "authorized"], which)
        if not source:
            return
        used = sum(source.child_transaction_ids.mapped("amount"))
        left = source.currency_id.round(source.amount - used)
        amount = min(left, source.currency_id.round(source.amount * part / 100))
        if amount <= 0:
            return
        child = getattr(source, f"_{way}")(amount)
        child.provider_id.support_manual_capture = "partial"
        child._set_done() if way == "capture" else child._set_canceled()
        if is_posted:
            self._post(child | source)
        self.seen[{"capture": "captured", "void": "voided"}[way]] += 1

    def _pick_posted(self, which):
        """Return a payment that is in the books, made now if there is none."""
        if not any(tx.payment_id for tx in self.txs):
            self.online(which, 100, "posted", 0, "")
        txs = self.env["payment.transaction"].union(*self.txs)
        txs |= txs.child_transaction_ids
        return self._pick(
            txs.filtered(lambda tx: tx.state == "done" and tx.payment_id), which
        )

    def refund(self, which, part):
        """Refund a posted payment, all of it or a part."""
        tx = self._pick_posted(which)
        if not tx or tx.operation == "refund":
            return
        refunds = tx._paynow_get_refunds()
        left = tx.currency_id.round(tx.amount + sum(refunds.mapped("amount")))
        amount = min(left, tx.currency_id.round(tx.amount * part / 100))
        if amount > 0:
            refund = tx._create_child_transaction(amount, is_refund=True)
            self._set(refund, "posted")
            self.seen["refunded"] += 1

    def take_back(self, which):
        """Have the bank return a posted payment."""
        tx = self._pick_posted(which)
        if tx and tx.operation != "refund" and not tx._paynow_get_refunds():
            self._return(tx)
            self.seen["returned"] += 1

    def _return(self, tx):
        tx._paynow_mark_returned("R01", self.today)
