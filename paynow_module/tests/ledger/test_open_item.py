# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date, timedelta
from itertools import count

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..common_books import PaynowBooksCommon

ISSUED = date(2026, 5, 1)
TODAY = date(2026, 5, 20)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestOpenItem(PaynowBooksCommon):
    """What the room of the open items says of single invoices and lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = count(1)

    def _bill(self, amount=100.0, *terms, **values):
        """Create an invoice of the first of May.

        :param float amount: Its total.
        :param terms: Pairs of percent and days, of instalments.
        """
        if terms:
            values["invoice_payment_term_id"] = self._create_terms(*terms).id
        number = f"Item{next(self.numbers)}"
        return self._create_bill(number, amount, **{"invoice_date": ISSUED, **values})

    def _get_lines(self, bill):
        return bill._paynow_get_term_lines().sorted("date_maturity")

    # === WHAT TAKES PAYMENTS === #

    def test_only_a_posted_invoice_that_is_not_settled_is_open(self):
        cancelled, paid, credited = self._bill(post=False), self._bill(), self._bill()
        cancelled.button_cancel()
        self._register_payment(paid)
        credited._reverse_moves([{"date": TODAY}], cancel=True)
        supplier = self.init_invoice(
            "in_invoice", self.client, ISSUED, amounts=[100.0], post=True
        )
        for case, bill, is_open in (
            ("posted", self._bill(), True),
            ("sale receipt", self._bill(move_type="out_receipt"), True),
            ("half a dollar", self._bill(0.5), True),
            ("draft", self._bill(post=False), False),
            ("cancelled", cancelled, False),
            ("paid", paid, False),
            ("credited", credited, False),
            ("credit note", self._bill(move_type="out_refund"), False),
            ("of a supplier", supplier, False),
        ):
            with self.subTest(case=case):
                self.assertIs(bill._paynow_takes_payments(), is_open)
                self.assertIs(bill._paynow_is_open(), is_open)
                self.assertEqual(bool(bill._paynow_get_open_items()), is_open)

    def test_what_stands_on_another_account_is_not_payable(self):
        bill = self._bill(100.0, (40.0, 10), (60.0, 30), post=False)
        account = self.company_data["default_account_receivable"]
        other = account.copy({"code": "RCV3", "name": "Other receivable"})
        self._get_lines(bill)[1].account_id = other
        bill.action_post()
        first = bill._paynow_get_term_lines()[0]
        self.assertEqual(bill._paynow_get_payable_lines(), first)
        self.assertEqual(bill._paynow_get_residual(), first.amount_residual_currency)
        self.assertIn(bill._paynow_get_residual(), (40.0, 60.0))

    def test_amount_is_written_as_it_is_typed(self):
        bill = self._bill(1234.5)
        for lang, typed in ((None, "1234.50"), ("en_US", "1234.50")):
            bill = bill.with_context(lang=lang)
            self.assertEqual(bill._paynow_format_input(1234.5), typed)

    # === ITEMS === #

    def test_items_stand_in_the_order_of_their_days(self):
        """Test that neither the order of the lines nor their ids count."""
        bill = self._bill(100.0, (30.0, 40), (30.0, 10), (40.0, 25))
        self.assertEqual(
            [
                (item.number, item.date_issued, item.date_due, item.amount, item.rest)
                for item in bill._paynow_get_open_items()
            ],
            [
                (f"{bill.name} (1 of 3)", ISSUED, date(2026, 5, 11), 30.0, 30.0),
                (f"{bill.name} (2 of 3)", ISSUED, date(2026, 5, 26), 40.0, 40.0),
                (f"{bill.name} (3 of 3)", ISSUED, date(2026, 6, 10), 30.0, 30.0),
            ],
        )

    def test_one_of_several_instalments_says_which(self):
        for move_type in ("out_invoice", "out_receipt"):
            for terms, numbers in (
                (((100.0, 10),), ["%s"]),
                (((40.0, 10), (60.0, 20)), ["%s (1 of 2)", "%s (2 of 2)"]),
            ):
                with self.subTest(move_type=move_type, terms=terms):
                    bill = self._bill(100.0, *terms, move_type=move_type)
                    self.assertEqual(
                        [item.number for item in bill._paynow_get_open_items()],
                        [number % bill.name for number in numbers],
                    )

    def test_nothing_is_on_its_way_to_a_credit(self):
        credit = self._bill(50.0, move_type="out_refund")
        line = credit._paynow_get_term_lines()
        (item,) = line._paynow_prepare_open_items(line._paynow_get_rests())
        self.assertEqual((item.rest, item.on_its_way, item.still_to_pay), (-50, 0, -50))

    def test_item_is_issued_on_the_day_of_its_document(self):
        """Test that the accounting date is that of entries only."""
        booked = date(2026, 5, 9)
        for move_type in ("out_invoice", "out_receipt"):
            with self.subTest(move_type=move_type):
                bill = self._bill(move_type=move_type, post=False)
                bill.date = booked
                bill.action_post()
                self.assertEqual(bill.date, booked)
                (item,) = bill._paynow_get_open_items()
                self.assertEqual(item.date_issued, ISSUED)
                self.assertEqual(item.number, bill.name)

    def test_item_is_late_after_its_day_while_something_is_left(self):
        (item,) = self._bill()._paynow_get_open_items()
        yesterday = TODAY - timedelta(days=1)
        for due, rest, on_its_way, is_late in (
            (yesterday, 100.0, 0.0, True),
            (TODAY, 100.0, 0.0, False),
            (yesterday, 0.5, 0.0, True),
            (yesterday, 0.5, 0.2, True),
            (yesterday, 0.5, 0.5, False),
            (yesterday, -5.0, 0.0, False),
        ):
            with self.subTest(due=due, rest=rest, on_its_way=on_its_way):
                item = item._replace(date_due=due, rest=rest, on_its_way=on_its_way)
                self.assertIs(item.is_late(TODAY), is_late)

    def test_instalment_below_zero_is_taken_from_the_last_others(self):
        # By their days, whatever their order on the invoice.
        bill = self._bill(100.0, (30.0, 20), (30.0, 10), (40.0, 30))
        lines = self._get_lines(bill)
        for rests, left in (
            ((30.0, 30.0, 40.0), (30.0, 30.0, 40.0)),
            ((60.0, 0.5, 40.0), (60.0, 0.5, 40.0)),
            ((60.0, 50.0, -10.0), (60.0, 40.0, 0.0)),
            ((60.0, 5.0, -10.0), (55.0, 0.0, 0.0)),
            ((-10.0, 5.0, 60.0), (0.0, 5.0, 50.0)),
            ((60.0, 0.5, -0.25), (60.0, 0.25, 0.0)),
            ((60.0, -0.5, -0.25), (59.25, 0.0, 0.0)),
            # Of a credit note, all signs are the others.
            ((-60.0, -50.0, 10.0), (-60.0, -40.0, 0.0)),
            ((10.0, 5.0, -15.0), (0.0, 0.0, 0.0)),
        ):
            with self.subTest(rests=rests):
                rests = dict(zip(lines, rests, strict=True))
                self.assertEqual(
                    tuple(lines._paynow_offset_instalments(rests).values()), left
                )

    # === DUE NOW === #

    def test_due_now_is_what_can_still_be_paid_of_what_is_due(self):
        late, soon, later = date(2026, 5, 11), date(2026, 5, 26), date(2026, 6, 10)
        terms = ((30.0, 10), (30.0, 25), (40.0, 40))
        for amount, on_its_way, due in (
            (100.0, 0.0, (30.0, late)),
            (100.0, 10.0, (20.0, late)),
            (100.0, 30.0, (30.0, soon)),
            (100.0, 60.0, (40.0, later)),
            (1.0, 0.0, (0.3, late)),
            (100.0, 100.0, (0.0, None)),
        ):
            with self.subTest(amount=amount, on_its_way=on_its_way):
                bill = self._bill(amount, *terms)
                if on_its_way:
                    self._pay(
                        "pending",
                        amount=on_its_way,
                        invoice_ids=[Command.set(bill.ids)],
                    )
                self.assertEqual(bill._paynow_get_due_now(), due)

    # === EARLY PAYMENT DISCOUNT === #

    def test_price_is_discounted_for_all_of_the_line_and_exactly_that(self):
        terms = self._create_terms(
            (100.0, 30), early_discount=True, discount_percentage=2.0, discount_days=10
        )
        bill = self._bill(invoice_payment_term_id=terms.id)
        line = bill._paynow_get_payable_lines()
        in_time, too_late = date(2026, 5, 11), date(2026, 5, 12)
        for day, amount, rest, price in (
            (in_time, 98.0, 100.0, 98.0),
            (too_late, 98.0, 100.0, 100.0),
            (in_time, 98.0, 60.0, 60.0),
            (in_time, 97.0, 100.0, 100.0),
            (in_time, 100.0, 100.0, 100.0),
        ):
            with self.subTest(day=day, amount=amount, rest=rest):
                payment = self.env["account.payment"].create(
                    {
                        "amount": amount,
                        "date": day,
                        "partner_id": self.client.id,
                        "payment_type": "inbound",
                    }
                )
                self.assertEqual(line._paynow_get_price(payment, rest), price)
