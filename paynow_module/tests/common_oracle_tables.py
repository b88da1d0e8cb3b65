# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

"""What `common_oracle` reads of the database."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

REST = """
ROUND(line.amount_currency, currency.decimal_places)
       - COALESCE((SELECT ROUND(SUM(debit_amount_currency), currency.decimal_places)
                     FROM account_partial_reconcile WHERE debit_move_id = line.id), 0)
       + COALESCE((SELECT ROUND(SUM(credit_amount_currency), currency.decimal_places)
                     FROM account_partial_reconcile WHERE credit_move_id = line.id), 0)
"""
#: Each line of a receivable account: what was booked less what was matched with it.
LINES = f"""
SELECT line.id, line.move_id, line.company_id, line.currency_id, line.account_id,
       COALESCE(partner.commercial_partner_id, 0) AS client,
       COALESCE(line.date_maturity, move.date) AS due,
       move.date AS booked,
       move.name AS number,
       move.move_type AS kind,
       line.display_type = 'payment_term' AS is_term,
       payment.payment_type = 'outbound' AS is_paid_out,
       source.move_id AS source,
       ROUND(line.amount_currency, currency.decimal_places)::text AS amount,
       ({REST})::text AS rest
  FROM account_move_line line
  JOIN account_move move ON move.id = line.move_id
  JOIN account_account account ON account.id = line.account_id
  JOIN res_currency currency ON currency.id = line.currency_id
  LEFT JOIN res_partner partner ON partner.id = line.partner_id
  LEFT JOIN account_payment payment ON payment.move_id = line.move_id
  LEFT JOIN account_payment source ON source.id = payment.source_payment_id
 WHERE move.state = 'posted'
   AND account.account_type = 'asset_receivable'
   AND line.company_id IN %(companies)s
"""
#: What may still come of each payment online, less what was captured and voided of it;
#: of one that is settled, what was captured and is not posted yet. What strangers have
#: begun keeps other visitors off, and nothing else.
ON_ITS_WAY = """
SELECT tx.id, link.invoice_id,
       SUM(CASE WHEN tx.state = 'done' AND tx.is_post_processed THEN COALESCE((
            SELECT SUM(part.amount)
              FROM payment_transaction part
             WHERE part.source_transaction_id = tx.id
               AND part.operation != 'refund'
               AND part.state = 'done'
               AND part.payment_id IS NULL
               AND NOT part.is_post_processed
       ), 0) ELSE GREATEST(0, tx.amount - COALESCE((
            SELECT SUM(part.amount)
              FROM payment_transaction part
             WHERE part.source_transaction_id = tx.id
               AND part.operation != 'refund'
               AND (part.state = 'cancel' OR part.payment_id IS NOT NULL)
       ), 0)) END)::text
  FROM payment_transaction tx
  JOIN account_invoice_transaction_rel link ON link.transaction_id = tx.id
  JOIN payment_provider provider ON provider.id = tx.provider_id
 WHERE tx.operation NOT IN ('validation', 'refund')
   AND (tx.state = 'authorized'
        OR tx.state = 'pending' AND provider.code != 'custom'
        OR tx.state = 'done' AND tx.payment_id IS NULL
        OR tx.state = 'draft'
       AND tx.create_date >= %(now)s - INTERVAL '15 minutes'
       AND (%(visitor)s IS NOT NULL OR NOT tx.is_paynow OR tx.paynow_is_known)
       AND COALESCE(tx.paynow_visitor, '') != COALESCE(%(visitor)s, 'nobody'))
 GROUP BY tx.id, link.invoice_id
 ORDER BY tx.id DESC
"""
#: What is in the books of each payment, whatever became of it there.
BOOKED = """
SELECT COALESCE(source_transaction_id, id), SUM(amount)::text
  FROM payment_transaction
 WHERE payment_id IS NOT NULL
   AND operation != 'refund'
 GROUP BY COALESCE(source_transaction_id, id)
"""
DAYS = """
SELECT company.id, (%(now)s AT TIME ZONE 'UTC' AT TIME ZONE partner.tz)::date
  FROM res_company company
  JOIN res_partner partner ON partner.id = company.partner_id
 WHERE company.id IN %(companies)s
"""
#: The early payment discount that is offered today; of some cents it is nothing.
DISCOUNT = """
SELECT ROUND(line.discount_amount_currency, currency.decimal_places)::text
  FROM account_move_line line
  JOIN res_currency currency ON currency.id = line.currency_id
 WHERE line.id = %(line)s
   AND line.discount_date >= %(today)s
   AND ROUND(line.discount_amount_currency, currency.decimal_places)
       != ROUND(line.amount_currency, currency.decimal_places)
   AND NOT EXISTS (
        SELECT FROM account_partial_reconcile
         WHERE line.id IN (debit_move_id, credit_move_id)
       )
"""
#: Payments begun in time, and what closes the invoice less its discount.
PROMISED = """
SELECT tx.id, link.invoice_id, tx.amount::text,
       ROUND(line.discount_amount_currency, currency.decimal_places)::text
  FROM payment_transaction tx
  JOIN account_invoice_transaction_rel link ON link.transaction_id = tx.id
  JOIN account_move_line line
    ON line.move_id = link.invoice_id AND line.display_type = 'payment_term'
  JOIN res_currency currency ON currency.id = line.currency_id
 WHERE tx.is_paynow
   AND tx.operation NOT IN ('validation', 'refund')
   AND tx.state IN ('draft', 'pending', 'authorized', 'done')
   AND tx.payment_id IS NULL
   AND tx.paynow_pressed_date <= line.discount_date
   AND NOT EXISTS (
        SELECT FROM account_partial_reconcile
         WHERE line.id IN (debit_move_id, credit_move_id)
       )
"""
#: The last day of what paid an invoice, but for credit notes alone, exchange
#: differences, its own instalments, and invoices of which something was refunded.
PAID = """
SELECT line.move_id, MAX(other.date)
  FROM account_move_line line
  JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
  JOIN account_move_line other ON other.id = partial.credit_move_id
  JOIN account_move move ON move.id = other.move_id
 WHERE line.display_type = 'payment_term'
   AND line.company_id IN %(companies)s
   AND other.move_id != line.move_id
   AND NOT EXISTS (
        SELECT FROM account_partial_reconcile exchanged
         WHERE exchanged.exchange_move_id = other.move_id
       )
   AND line.move_id NOT IN %(refunded)s
 GROUP BY line.move_id
HAVING BOOL_OR(move.move_type != 'out_refund')
"""
#: The instalments of drafts, which Odoo posts when a payment comes in for them.
DRAFTS = f"""
SELECT line.id, line.move_id, ({REST})::text
  FROM account_move_line line
  JOIN res_currency currency ON currency.id = line.currency_id
 WHERE line.parent_state = 'draft'
   AND line.display_type = 'payment_term'
   AND line.company_id IN %(companies)s
"""
#: What the lines of an entry were matched with, but for exchange differences.
MATCHED = """
SELECT partial.debit_move_id, SUM(partial.debit_amount_currency)::text
  FROM account_partial_reconcile partial
  JOIN account_move_line line ON line.id = partial.credit_move_id
  JOIN account_account account ON account.id = line.account_id
 WHERE line.move_id = %(entry)s
   AND account.account_type = 'asset_receivable'
 GROUP BY partial.debit_move_id
"""
REFUNDED = """
SELECT link.invoice_id
  FROM payment_transaction tx
  JOIN payment_transaction source ON source.id = tx.source_transaction_id
  JOIN account_invoice_transaction_rel link
    ON link.transaction_id IN (tx.id, source.id, source.source_transaction_id)
 WHERE tx.operation = 'refund'
"""


@dataclass
class Line:
    """A line of a receivable account, as the database has it."""

    id: int
    move_id: int
    company_id: int
    currency_id: int
    account_id: int
    client: int
    due: date
    booked: date
    number: str
    kind: str
    is_term: bool
    is_paid_out: bool
    source: int
    amount: Decimal
    rest: Decimal
    on_its_way: Decimal = field(default=Decimal(0))

    def __post_init__(self):
        # Odoo reads numbers of PostgreSQL as floats; these are read as texts.
        self.amount, self.rest = Decimal(self.amount), Decimal(self.rest)

    @property
    def key(self):
        return (self.company_id, self.client, self.account_id, self.currency_id)

    @property
    def still(self):
        return self.rest - self.on_its_way
