# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date

from ..exceptions import PaynowRefusal
from .common_oracle_company import STAGES, PaynowOracleCompany


class PaynowOracleCommon(PaynowOracleCompany):
    """What is said of single invoices, compared with the oracle."""

    def _check_bill(self, bill):
        """Compare what page, checkout, guard, mails and reminders say of an invoice."""
        oracle, currency = self.oracle, bill.currency_id
        if bill.state != "posted":
            self.assertEqual(bill._paynow_get_payable(), 0.0)
            self.assertEqual(bill._paynow_get_open_items(), [])
            return
        items = oracle.get_bill_items(bill.id)
        self.assertEqual(
            [self._read_item(item) for item in bill._paynow_get_open_items()],
            [self._read_line(line) for line in items],
        )
        self.assertEqual(
            [item.line.id for item in bill._paynow_get_late_items()],
            [line.id for line in oracle.get_late(bill.id)],
        )
        amount, due = bill._paynow_get_due_now()
        expected_amount, expected_due = oracle.get_due_now(bill.id)
        self.assertEqual(round(amount, 4), float(expected_amount))
        self.assertEqual(due, expected_due)
        for visitor in ("nobody", "me"):
            payable = float(oracle.get_payable(bill.id, visitor))
            self.assertEqual(round(bill._paynow_get_payable(visitor), 4), payable)
            if payable:
                bill._paynow_check_payable(payable, visitor)
            with self.assertRaises(PaynowRefusal):
                bill._paynow_check_payable(
                    currency.round(payable + currency.rounding), visitor
                )
        self.assertEqual(
            round(bill._paynow_get_credit(), 4),
            float(oracle.get_credit(oracle.terms[bill.id][0].key)),
        )
        self._check_mail(bill, items)
        obstacle = bill._paynow_get_reminder_obstacle()
        expected = self._get_obstacle(bill, items)
        self.assertIn(expected, obstacle, bill.name)
        self.assertEqual(bool(expected), bool(obstacle), obstacle)
        self.seen[f"reminder: {expected}"] += 1

    def _check_mail(self, bill, items):
        oracle, today = self.oracle, self.oracle.today[bill.company_id.id]
        values = bill._paynow_get_mail_values()
        due = [line for line in items if line.due <= today] or items[:1]
        self.assertEqual(values["is_paid"], not items)
        self.assertEqual(
            values["amount_due"],
            bill._paynow_format(float(sum(line.rest for line in due))),
        )
        if items:
            self.assertEqual(values["date_due"], items[0].due)
        late = oracle.get_late(bill.id) or items
        since = late and max(late[0].due, bill.paynow_sent_date or date.min)
        self.assertEqual(
            values["days_past_due"], max(0, (today - since).days) if late else 0
        )

    def _get_obstacle(self, bill, items):
        """Return a word of why the client is not reminded; empty if they are."""
        oracle = self.oracle
        if not items:
            return "paid"
        if items[0].due >= oracle.today[bill.company_id.id]:
            return "not past due"
        if not oracle.get_late(bill.id):
            return "being processed"
        if not bill.is_move_sent and not bill.paynow_sent_date:
            return "never sent"
        return "credit" if oracle.is_covered(bill.id, self._get_ignored()) else ""

    def _get_ignored(self):
        return set(self.bills.filtered("paynow_ignore_credit").ids)

    # === RUNS === #

    def _check_run(self, company):
        """Compare whom the run of reminders would mail now."""
        oracle, today = self.oracle, self.oracle.today[company.id]
        owed = self.env["paynow.notice"]._get_owed("past_due", company)
        expected = set()
        for bill in self.bills.filtered(lambda bill: bill.company_id == company):
            late = oracle.get_late(bill.id)
            if not late or self._get_obstacle(bill, oracle.get_bill_items(bill.id)):
                continue
            since = max(late[0].due, bill.paynow_sent_date or date.min)
            if (today - since).days >= STAGES[0]:
                expected.add(bill.name)
        self.assertEqual(set(owed.mapped("name")), expected)
        owed = self.env["paynow.notice"]._get_owed("account_summary", company)
        clients = self.clients.filtered(lambda c: oracle.owes(company.id, c.id))
        self.assertEqual(set(owed.ids), set(clients.ids))
        self.seen["reminders in a run"] += len(expected)

    def _check_report(self):
        """Compare the report of the days to pay."""
        bills = self.bills.filtered(lambda bill: bill.id not in self.oracle.refunded)
        days = self.env["paynow.days"].search([("invoice_id", "in", bills.ids)])
        self.assertEqual(
            {row.invoice_id.id: row.paid_date for row in days},
            self.oracle.get_paid_days(),
        )

    def _check_autopay(self):
        """Compare what would be charged today."""
        oracle = self.oracle
        self.bills.paynow_autopay_id = self.env["paynow.autopay"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.client.id,
                "token_id": self._create_token().id,
                "consent_text": "I authorize it.",
            }
        )
        self.env.flush_all()
        left = oracle.get_left_to_the_client()
        for bill in self.bills:
            today = oracle.today[bill.company_id.id]
            due = [
                line
                for line in oracle.terms[bill.id]
                if line.due <= today and line.id not in left
            ]
            # A part that takes something off may be due before the others.
            expected = max(0, sum(line.still for line in due))
            # The client chose to pay when it is due, not to use a discount before.
            discounted = oracle.get_discounted(bill.id)
            if due and discounted is not None and not oracle.on_its_way.get(bill.id):
                expected = discounted
            self.assertEqual(
                round(bill._paynow_get_autopay_amount(today), 4), float(expected)
            )
