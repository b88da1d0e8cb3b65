# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools.misc import format_time

from ...exceptions import PaynowRefusal
from ..common import PaynowCommon

NOT_FOUND = "We found no open invoice with this number for this e-mail address."


@tagged("post_install", "-at_install")
class TestLookup(PaynowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact, cls.payables = cls.env["res.partner"].create(
            [
                {
                    "name": "Dana Whitfield",
                    "parent_id": cls.client.id,
                    "email": "dana@blueharbor.example.com",
                },
                {
                    "name": "Accounts Payable",
                    "parent_id": cls.client.id,
                    "type": "invoice",
                },
            ]
        )
        cls._import_email(
            cls.payables,
            "ap@blueharbor.example.com, Boss <boss@blueharbor.example.com>",
        )

    def _look_up(self, email=None, number="Inv123", amount="100", lang="en_US"):
        """Look an invoice up as a visitor does who isn't logged in."""
        return (
            self.env["account.move"]
            .with_user(self.public_user)
            .with_context(lang=lang)
            ._paynow_lookup(
                self.company,
                self.email if email is None else email,
                number,
                amount,
                visitor="another",
            )
        )

    def _assert_not_found(self, *args, **kwargs):
        """Assert the refusal that tells nothing, whatever is wrong."""
        with self.assertRaisesRegex(PaynowRefusal, NOT_FOUND) as refusal:
            self._look_up(*args, **kwargs)
        self.assertIsNone(refusal.exception.field)

    def _assert_amount_refused(self, text, message, lang="en_US"):
        """Assert that an amount is refused with a reason, next to its field."""
        with self.assertRaises(PaynowRefusal) as refusal:
            self._look_up(amount=text, lang=lang)
        self.assertIn(message, str(refusal.exception))
        self.assertEqual(refusal.exception.field, "amount")

    # === ADDRESS === #

    def test_customer_finds_invoice(self):
        """Test that the customer's own address and the number name the invoice."""
        self.assertEqual(self._look_up(), (self.invoice, 100.0))
        self.assertFalse(self.invoice.activity_ids)  # Nobody need look into it.

    def test_case_and_spaces_around_address_do_not_matter(self):
        """Test that an address may be typed as a phone's keyboard does."""
        invoice, _amount = self._look_up("  Billing@BlueHarbor.Example.com ")
        self.assertEqual(invoice, self.invoice)

    def test_every_address_of_the_company_finds_invoice(self):
        """Test that each contact can pay, and each address that a field holds."""
        for email in (
            "dana@blueharbor.example.com",
            "ap@blueharbor.example.com",
            "boss@blueharbor.example.com",
        ):
            with self.subTest(email=email):
                self.assertEqual(self._look_up(email)[0], self.invoice)

    def test_company_and_colleagues_find_invoice_of_a_contact(self):
        """Test that an invoice made out to a contact belongs to the whole company."""
        self._create_bill("Inv200", 100.0, partner_id=self.contact.id)
        for email in (
            self.email,
            "dana@blueharbor.example.com",
            "ap@blueharbor.example.com",
        ):
            with self.subTest(email=email):
                self.assertEqual(self._look_up(email, "Inv200")[0].name, "Inv200")

    def test_contact_who_is_archived_since_finds_their_invoice(self):
        """Test that the bill that somebody has in hand can still be paid."""
        self._create_bill("Inv240", 100.0, partner_id=self.contact.id)
        self.contact.active = False
        invoice, _amount = self._look_up("dana@blueharbor.example.com", "Inv240")
        self.assertEqual(invoice.name, "Inv240")

    def test_address_of_another_client_is_refused(self):
        """Test that a known address doesn't open the invoices of others."""
        self._assert_not_found(self.stranger.email)

    def test_address_that_nobody_has_is_refused(self):
        """Test that a client without an address isn't found by an empty or odd one."""
        self.client.email = False
        (self.contact | self.payables).unlink()
        for email in (
            "",
            " ",
            "False",
            "false",
            "None",
            "@",
            "%",
            "a@b@c",
            "nobody@x.com",
        ):
            with self.subTest(email=email):
                self._assert_not_found(email)

    def test_only_one_address_may_be_typed(self):
        """Test that a list of addresses is no way to try many at once."""
        self._assert_not_found(f"{self.email}, {self.stranger.email}")
        self._assert_not_found(f"{self.email}\r\nBcc: x@evil.example")

    # === NUMBER === #

    def test_number_must_be_exact(self):
        """Test that every character of the number counts, and no wildcard works."""
        for number in (
            "inv123", "INV123", "Inv 123", "Inv12", "Inv1234", "Inv%",
            "Inv12_", "%", "nv123", "", "/", "Inv123\x00", "Inv123\n", "False",
        ):  # fmt: skip
            with self.subTest(number=number):
                self._assert_not_found(number=number)

    def test_same_number_in_two_journals_is_decided_by_address(self):
        """Test that each of two clients finds the invoice of their own."""
        other_invoice = self._create_bill(
            "Inv123",
            50.0,
            partner_id=self.stranger.id,
            journal_id=self._create_sale_journal("PRJ").id,
        )
        self.assertEqual(self._look_up()[0], self.invoice)
        self.assertEqual(
            self._look_up(self.stranger.email, amount="50")[0], other_invoice
        )

    def test_ambiguous_number_is_refused_and_noted_once(self):
        """Test that staff learn, once, of two open invoices with one number."""
        twin = self._create_bill(
            "Inv123", 50.0, journal_id=self._create_sale_journal("PRJ").id
        )
        responsible = self._create_new_internal_user(login="salesperson")
        (self.invoice | twin).invoice_user_id = responsible
        self._assert_not_found()
        self._assert_not_found()
        self.assertEqual(len(self.invoice.activity_ids), 1)
        self.assertEqual(len(twin.activity_ids), 1)
        self.assertEqual(twin.activity_ids.user_id, responsible)

    def test_paid_twin_leaves_no_ambiguity(self):
        """Test that of two invoices with one number the open one is found."""
        twin = self._create_bill(
            "Inv123", 50.0, journal_id=self._create_sale_journal("PRJ").id
        )
        self._register_payment(self.invoice)
        self.assertEqual(self._look_up(amount="50"), (twin, 50.0))

    # === STATE === #

    def test_only_open_customer_invoices_are_found(self):
        """Test that paid, canceled and draft ones, credit notes and bills are not."""
        canceled = self._create_bill("Inv201", 100.0)
        canceled.button_cancel()
        paid = self._create_bill("Inv202", 100.0)
        self._register_payment(paid)
        self.assertFalse(paid.amount_residual)
        self._create_bill("Inv203", 100.0, post=False)
        self._create_bill("Inv204", 100.0, move_type="out_refund")
        self._create_bill(
            "Inv205",
            100.0,
            move_type="in_invoice",
            journal_id=self.company_data["default_journal_purchase"].id,
            invoice_date="2024-01-01",
        )
        self._create_bill("Inv206", 0.0)
        for number in range(201, 207):
            with self.subTest(number=number):
                self.assertTrue(
                    self.env["account.move"].search([("name", "=", f"Inv{number}")])
                )
                self._assert_not_found(number=f"Inv{number}")

    def test_reversed_invoice_is_not_found(self):
        """Test that an invoice settled by a credit note can't be paid."""
        self._reverse_invoice(self.invoice, is_modify=False, post=True)
        if self.invoice.amount_residual:
            (self.invoice | self.invoice.reversal_move_ids).line_ids.filtered(
                lambda line: line.display_type == "payment_term"
            ).reconcile()
        self.assertFalse(self.invoice.amount_residual)
        self._assert_not_found()

    def test_invoice_of_another_company_is_not_found(self):
        """Test that a website takes payments for its own company only."""
        other = self.setup_other_company()["company"]
        with self.assertRaisesRegex(PaynowRefusal, NOT_FOUND):
            self.env["account.move"].with_user(self.public_user)._paynow_lookup(
                other, self.email, "Inv123", "100"
            )

    def test_partly_paid_invoice_is_found(self):
        """Test that what is left of an invoice can be paid, and no more."""
        self._register_payment(self.invoice, amount=60.0)
        self.assertEqual(self._look_up(amount="40.00"), (self.invoice, 40.0))
        self._assert_amount_refused("40.01", "more than what is still to pay ($40.00)")

    # === AMOUNT === #

    def test_amount_is_not_judged_before_the_pair_is_proven(self):
        """Test that the amount gives no hint whether a number exists."""
        for amount in ("", "abc", "0", "-1", "0.001", "1000000"):
            with self.subTest(amount=amount):
                self._assert_not_found(self.stranger.email, amount=amount)

    def test_part_of_the_balance_can_be_paid(self):
        """Test that a smaller amount is a partial payment."""
        self.assertEqual(self._look_up(amount="0.01")[1], 0.01)
        self.assertEqual(self._look_up(amount="99.99")[1], 99.99)

    def test_more_than_the_balance_is_refused(self):
        """Test that nobody can overpay, not even by a cent."""
        for amount in ("100.01", "1,000", "99999999999999999999999"):
            with self.subTest(amount=amount):
                self._assert_amount_refused(
                    amount, "more than what is still to pay ($100.00)"
                )

    def test_nothing_or_less_is_refused(self):
        """Test that the amount must be more than zero."""
        for amount in ("0", "0.00", "-0", "-5", "-0.001"):
            with self.subTest(amount=amount):
                self._assert_amount_refused(amount, "must be more than zero")

    def test_finer_amounts_than_the_currency_has_are_refused(self):
        """Test that no amount is rounded behind the payer's back."""
        for amount in ("10.001", "0.005", "99.999"):
            with self.subTest(amount=amount):
                self._assert_amount_refused(amount, "smallest unit is $0.01")

    def test_what_is_no_amount_is_refused_with_an_example(self):
        """Test that the payer reads how an amount is written."""
        self._assert_amount_refused("a hundred", "in figures, for example 100.00.")

    def test_another_currency_is_refused_in_words(self):
        """Test that the payer reads which one the invoice is in."""
        self._assert_amount_refused("100 €", "is in USD")

    def test_amount_is_read_in_the_language_of_the_visitor(self):
        """Test that a German types and reads amounts the German way."""
        self.env["res.lang"]._activate_lang("de_DE")
        self._create_bill("Inv210", 1234.5)
        _invoice, amount = self._look_up(
            number="Inv210", amount="1.234,50", lang="de_DE"
        )
        self.assertEqual(amount, 1234.5)
        self._assert_amount_refused("100,01", "(100,00\u00a0$)", lang="de_DE")
        self._assert_amount_refused("1,234.50", "100,00.", lang="de_DE")

    def test_currency_without_decimals(self):
        """Test that no yen is split."""
        yen = self._enable_currency("JPY")
        invoice = self._create_bill("Inv211", 5000.0, currency_id=yen.id)
        self.assertEqual(
            self._look_up(number="Inv211", amount="5,000"), (invoice, 5000.0)
        )
        with self.assertRaisesRegex(PaynowRefusal, "smallest unit is ¥1"):
            self._look_up(number="Inv211", amount="100.5")

    def test_currency_with_three_decimals(self):
        """Test that a dinar has a thousand fils."""
        dinar = self._enable_currency("KWD")
        invoice = self._create_bill("Inv212", 12.345, currency_id=dinar.id)
        self.assertEqual(
            self._look_up(number="Inv212", amount="12.345"), (invoice, 12.345)
        )
        with self.assertRaisesRegex(PaynowRefusal, "smallest unit"):
            self._look_up(number="Inv212", amount="12.3445")

    def test_currency_with_coarse_rounding(self):
        """Test that an amount between two coins is refused."""
        franc = self._enable_currency("CHF")
        franc.rounding = 0.05
        self._create_bill("Inv213", 10.0, currency_id=franc.id)
        self.assertEqual(self._look_up(number="Inv213", amount="9.95")[1], 9.95)
        with self.assertRaisesRegex(PaynowRefusal, "smallest unit"):
            self._look_up(number="Inv213", amount="9.97")

    def test_payer_reads_that_a_payment_is_being_processed(self):
        """Test that the refusal tells why less can be paid than is owed."""
        self._pay("pending", amount=30.0)
        self._assert_amount_refused(
            "80", "Only $70.00 can be paid now: a payment of $30.00 is being processed."
        )
        self._pay("pending", amount=70.0)
        self._assert_amount_refused("80", "A payment of $100.00 for this invoice is")

    def test_payer_reads_until_when_an_unfinished_payment_counts(self):
        """Test that a try elsewhere, perhaps one's own, does not read as paid."""
        tx = self._pay("draft", amount=30.0)
        zone = self.company._paynow_get_zone()
        begun, until = (
            format_time(self.env, moment, tz=zone, time_format="short")
            for moment in (tx.create_date, tx.create_date + timedelta(minutes=15))
        )
        self._assert_amount_refused(
            "80",
            "Only $70.00 can be paid now: a payment of $30.00 was begun elsewhere at"
            f" {begun} and is not finished. If it stays so, the rest can be paid from"
            f" {until} on.",
        )
        self._pay("draft", amount=70.0)
        self._assert_amount_refused("80", f"If it stays so, you can pay from {until}")
        self._pay("pending", amount=10.0)
        self._assert_amount_refused(
            "80", "is being processed. Nothing more can be paid"
        )
