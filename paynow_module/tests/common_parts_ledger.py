# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import UserError

TOTAL = 100.0  # Of the one invoice.


class Ledger:
    """What a provider and a payer know of the payments of one invoice.

    It hears the same news as the add-on and shares no code with it.
    """

    def __init__(self, test):
        self.test = test
        self.roots, self.txs = [], []
        self.confirmed, self.contradicted, self.failing = set(), set(), set()

    # === STEPS === #

    def pay(self, amount, state):
        """Begin a payment of what the page lets a payer pay."""
        payable = self.test.invoice._paynow_get_payable()
        if payable <= 0:
            return
        tx = self.test._pay("draft", amount=min(amount, payable))
        self.roots.append(tx)
        self.txs.append(tx)
        self.news(self.txs.index(tx), state)

    def _pick(self, txs, which):
        return txs[which % len(txs)] if txs else None

    def _split(self, which, amount, method):
        """Capture or void what Odoo's dialog offers of an authorized payment."""
        root = self._pick([tx for tx in self.roots if tx.state == "authorized"], which)
        if not root:
            return
        parts = root.child_transaction_ids.filtered(lambda tx: tx.amount > 0)
        used = parts.filtered(lambda tx: tx.state in ("done", "cancel"))
        left = root.currency_id.round(root.amount - sum(used.mapped("amount")))
        if left > 0:
            part = getattr(root, method)(min(amount, left))
            part.provider_id.support_manual_capture = "partial"
            self.txs.append(part)

    def capture(self, which, amount):
        self._split(which, amount, "_capture")

    def void(self, which, amount):
        self._split(which, amount, "_void")

    def news(self, which, state):
        """Have the provider report a state, in whatever order."""
        tx = self._pick(self.txs, which)
        if not tx:
            return
        before = tx.state
        values = {"state_message": "No."} if state == "error" else {}
        getattr(tx, f"_set_{state}")(**values)
        if tx.operation == "refund":
            return
        source = tx.source_transaction_id or tx
        if state == "done":
            self.confirmed.add(tx)
            if before == "cancel" or (tx in self.roots and self._parts(tx)):
                self.contradicted.add(source)
            if tx not in self.roots and (
                source in self.confirmed or source.state in ("error", "draft")
            ):
                self.contradicted.add(source)
        elif (
            state in ("canceled", "error")
            and before == "done"
            or state == "canceled"
            and tx not in self.roots
            and source in self.confirmed
        ):
            self.contradicted.add(source)

    def post(self, which, fails):
        """Have the poll, the cron or an accountant post one; it may fail."""
        tx = self._pick(self.txs, which)
        if tx and not tx.is_post_processed:
            self.failing = {tx} if fails else set()
            tx._paynow_retry()
            self.failing = set()

    def watchdog(self, failing=(), _none=None):
        """Have all that was confirmed be posted, but for a few."""
        self.failing = {self._pick(self.txs, which) for which in failing}
        for tx in list(self.txs):
            if tx.state in ("done", "cancel") and not tx.is_post_processed:
                tx._paynow_retry()
        self.failing = set()

    def refund(self, which, amount):
        """Refund what Odoo's dialog offers of a posted payment."""
        tx = self._pick([tx for tx in self.txs if tx.payment_id.amount], which)
        if tx and tx.state == "done" and tx.operation != "refund":
            refunds = tx.child_transaction_ids.filtered(lambda tx: tx.amount < 0)
            left = tx.amount + sum(refunds.mapped("amount"))
            if left > 0:
                self.txs.append(tx._refund(min(amount, round(left, 2))))

    def return_(self, which, _none=None):
        """Have an accountant mark a payment as returned."""
        tx = self._pick(self.txs, which)
        if not tx:
            return
        parts = self._parts(tx)
        try:
            tx._paynow_mark_returned("R01", self.test.today)
        except UserError:
            return
        source = tx.source_transaction_id or tx
        back = {tx} if tx.payment_id or not parts else set(parts)
        self.confirmed -= {tx, *back}
        if source in self.contradicted:
            # A person was told and has decided.
            self.confirmed.discard(source)

    def _parts(self, tx):
        return tx.child_transaction_ids.filtered(
            lambda part: part.amount > 0 and part.state in ("done", "cancel")
        )

    # === WHAT MUST HOLD === #

    def is_told(self, tx):
        """Tell whether a person has an activity or a listed problem about it."""
        source = tx.source_transaction_id or tx
        tree = source | source.child_transaction_ids
        notes = " ".join(map(str, self.test.invoice.activity_ids.mapped("note")))
        return any(
            t.paynow_problem
            or f"{t.reference} "
            in notes.replace("<", " <").replace(":", " :").replace(")", " )")
            for t in tree
        )

    def check(self):
        test, invoice = self.test, self.test.invoice
        invoice.invalidate_recordset()
        payable = invoice._paynow_get_payable()
        test.assertGreaterEqual(payable, 0.0)
        test.assertLessEqual(payable, invoice.amount_residual + 1e-6)
        kept = sum(self.kept(root) for root in self.roots)
        test.assertLessEqual(
            payable, max(0.0, TOTAL - kept) + 1e-6, "More is asked for than is owed"
        )
        for tx in self.confirmed:
            if tx.payment_id.state in ("in_process", "paid"):
                test.assertEqual(tx.payment_id.amount, tx.amount)
                continue
            on_its_way = tx.state == "done" and not tx.is_post_processed
            in_parts = tx in self.roots and sum(
                self._parts(tx).mapped("amount")
            ) == test.currency.round(tx.amount)
            test.assertTrue(
                on_its_way or in_parts or self.is_told(tx),
                f"{tx.reference} ({tx.state}) was charged, is not booked, and nobody"
                " was told",
            )
        for root in self.roots:
            tree = root | root.child_transaction_ids
            booked = tree.payment_id.filtered(
                lambda p: p.payment_type == "inbound" and p.state != "rejected"
            )
            charged = sum(tx.amount for tx in tree & self.as_records() if tx != root)
            test.assertLessEqual(
                sum(booked.mapped("amount")),
                max(root.amount, charged) + 1e-6,
                "More is booked than was charged",
            )

    def as_records(self):
        return self.test.env["payment.transaction"].union(*self.confirmed)

    def kept(self, root):
        """Return what the provider has, or may take, of a payment."""
        if root in self.contradicted:
            return 0.0  # A person was told; what is withheld is checked elsewhere.
        parts = [tx for tx in root.child_transaction_ids if tx.amount > 0]
        if root.state in ("pending", "authorized"):
            return root.amount - sum(p.amount for p in parts if p.state == "cancel")
        taken = sum(p.amount for p in parts if p in self.confirmed)
        if root in self.confirmed:
            taken = root.amount
        return min(root.amount, taken)

    def check_end(self):
        """Check that once all could be posted, charged = booked + told."""
        for _time in range(2):
            self.watchdog()
        self.check()
        for root in self.contradicted:
            # The source and its part may have heard of one and the same charge.
            booked = (root | root.child_transaction_ids).payment_id.filtered(
                lambda p: p.payment_type == "inbound" and p.state != "rejected"
            )
            is_whole = sum(booked.mapped("amount")) == root.amount
            self.test.assertTrue(is_whole or self.is_told(root), root.reference)
