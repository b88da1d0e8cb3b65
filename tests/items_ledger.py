"""The books of payments of several invoices: is each paid what was chosen, and once?

Read by SQL, as in `ledger.py`; all amounts are in cents.
"""

from ledger import Ledger

#: By number: total, residual, what was reconciled with its receivable line.
_INVOICES = """
SELECT m.name, m.id, round(100 * m.amount_total)::int,
       round(100 * m.amount_residual)::int,
       round(100 * coalesce(sum(p.amount), 0))::int
  FROM account_move m
  JOIN account_move_line l
    ON l.move_id = m.id AND l.display_type = 'payment_term'
  LEFT JOIN account_partial_reconcile p ON p.debit_move_id = l.id
 WHERE m.name = ANY(%s)
 GROUP BY m.id
"""
#: What the payers of confirmed payments chose for each invoice, and each payment.
_CHOSEN = """
SELECT a.invoice_id, a.transaction_id, round(100 * a.amount)::int
  FROM paynow_allocation a
  JOIN payment_transaction t ON t.id = a.transaction_id AND t.state = 'done'
 WHERE a.invoice_id = ANY(%s)
"""
#: What the entries of payments book for each invoice, matched with that one.
_BOOKED = """
SELECT d.move_id, y.payment_transaction_id, round(100 * r.amount)::int,
       round(100 * l.credit)::int
  FROM account_partial_reconcile r
  JOIN account_move_line d ON d.id = r.debit_move_id
  JOIN account_move_line l ON l.id = r.credit_move_id
  JOIN account_move m ON m.id = l.move_id AND m.state = 'posted'
  JOIN account_payment y ON y.move_id = m.id
 WHERE d.move_id = ANY(%s)
"""
#: By charge: its amount; the payment, its lines on the outstanding account and others.
_CHARGES = """
SELECT t.id, round(100 * t.amount)::int, t.is_post_processed,
       array_agg(DISTINCT y.id), array_agg(DISTINCT round(100 * y.amount)::int),
       array_remove(array_agg(round(100 * l.debit)::int
                              ORDER BY l.id) FILTER (WHERE l.debit > 0), NULL),
       coalesce(round(100 * sum(l.credit))::int, 0)
  FROM payment_transaction t
  LEFT JOIN account_payment y ON y.payment_transaction_id = t.id
  LEFT JOIN account_move_line l ON l.move_id = y.move_id AND l.parent_state = 'posted'
 WHERE t.state = 'done'
   AND t.id IN (SELECT transaction_id FROM paynow_allocation WHERE invoice_id = ANY(%s))
 GROUP BY t.id
"""
#: The receipts that were written, and those that are left to the mail queue.
_RECEIPTS = """
SELECT (SELECT count(*) FROM mail_message
         WHERE message_type = 'email_outgoing'
           AND model = 'payment.transaction' AND res_id = ANY(%s))
     + (SELECT count(*) FROM payment_transaction
         WHERE paynow_is_mail_due AND id = ANY(%s))
"""
_TOLD = """
SELECT summary FROM mail_activity
 WHERE res_model = 'account.move' AND res_id = ANY(%s)
    OR res_model = 'payment.transaction' AND res_id = ANY(%s)
"""


class ItemsLedger(Ledger):
    """The books of a database in which several invoices are paid at once."""

    def check(self, numbers, unposted=0):
        """Check that invoices, charges and entries are one; return what they say.

        :param list[str] numbers: the invoices
        :param int unposted: how many charges may not be in the books yet
        :return: the residual of each invoice, and the charges
        :rtype: tuple[dict[str, int], list[int]]
        """
        invoices = self.query(_INVOICES, list(numbers))
        assert len(invoices) == len(numbers)
        ids = [row[1] for row in invoices]
        chosen, booked = self.query(_CHOSEN, ids), self.query(_BOOKED, ids)
        charges = self.query(_CHARGES, ids)
        posted = {id_ for id_, _a, is_posted, *_rest in charges if is_posted}
        late = [charge for charge in charges if charge[0] not in posted]
        assert len(late) == unposted, late

        for name, id_, total, residual, reconciled in invoices:
            own = sum(cents for of, _tx, cents in chosen if of == id_)
            late = sum(c for of, tx, c in chosen if of == id_ and tx not in posted)
            lines = [(part, line) for of, _tx, part, line in booked if of == id_]
            assert residual >= 0, name
            assert own <= total, name
            assert own - late == total - residual == reconciled, name
            assert all(part == line for part, line in lines), name
            assert sum(line for _part, line in lines) == reconciled, name
        # Each posted charge is one payment with one line on the outstanding account.
        for id_, cents, _is_posted, payments, amounts, debits, credit in charges:
            lines = [(of, part) for of, tx, part, _line in booked if tx == id_]
            if id_ not in posted:
                assert (payments, debits or [], lines) == ([None], [], []), id_
                continue
            assert len(payments) == 1, id_
            assert amounts == debits == [cents] and credit == cents, id_
            wanted = [(of, part) for of, tx, part in chosen if tx == id_]
            assert sorted(lines) == sorted(wanted), id_
        txs = sorted(posted)
        assert self.query(_RECEIPTS, txs, txs) == [(len(txs),)]
        assert self.query(_TOLD, ids, txs) == []
        return (
            {name: residual for name, _id, _total, residual, _r in invoices},
            [cents for _id, cents, *_rest in charges],
        )
