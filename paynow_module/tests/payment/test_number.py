# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged
from odoo.tools import SQL

from ...exceptions import PaynowRefusal
from ..common import PaynowHttpCommon

RF = "RF18 0000 0000 0000 0042"
BELGIAN = "+++020/3430/57642+++"


@tagged("post_install", "-at_install")
class TestNumber(PaynowHttpCommon):
    """What is typed for the number: with blanks, as a reference, behind a word."""

    def _match(self, number, email=None):
        """Look what was typed up as the client."""
        return (
            self.env["account.move"]
            .with_user(self.public_user)
            ._paynow_match(self.company, email or self.email, number)
        )

    def test_blanks_around_the_number_are_no_part_of_it(self):
        """Test what is copied along with a number, seen or not."""
        for typed in (
            " Inv123",
            "Inv123 ",
            "\u00a0Inv123\u202f",
            "\tInv123",
            "\u200bInv123\ufeff",
            "\u200eInv123\u200f",
            "\u3000Inv123\u2003",
        ):
            with self.subTest(typed=typed):
                self.assertEqual(self._match(typed), self.invoice)

    def test_number_within_is_exact(self):
        """Test that a blank or an invisible mark in the middle counts."""
        for typed in (
            "Inv 123",
            "Inv\u200b123",
            "Inv\u00a0123",
            " ",
            "\u00a0",
            "I nv123",
        ):
            with self.subTest(typed=typed):
                self.assertFalse(self._match(typed))

    def test_number_that_has_a_blank_is_still_found(self):
        """Test that an invoice is found by the very number that it has."""
        spaced = self._create_bill("Inv 300", 10.0)
        ended = self._create_bill("Inv301 ", 10.0)
        self.assertEqual(self._match("Inv 300"), spaced)
        self.assertEqual(self._match("Inv301 "), ended)

    def test_structured_reference_finds_its_invoice(self):
        """Test references as they are printed, and as people type them."""
        for reference, spellings in {
            RF: (
                RF,
                "RF18" + "0" * 14 + "42",
                "rf18 0000 0000 0000 0042",
                "\u00a0RF18\u00a00000\u00a00000\u00a00000\u00a00042 ",
                "RF18 00000000 00000042",
            ),
            RF.replace(" ", ""): (RF, RF.replace(" ", "")),
            BELGIAN: (
                BELGIAN,
                "***020/3430/57642***",
                "+++ 020/3430/57642 +++",
                "020343057642",
                "020 3430 57642",
            ),
            "1234561": ("1234561", "12345 61"),  # Finnish.
            "210000000003139471430009017": ("21 00000 00003 13947 14300 09017",),
        }.items():
            self.invoice.payment_reference = reference
            for typed in spellings:
                with self.subTest(reference=reference, typed=typed):
                    self.assertEqual(self._match(typed), self.invoice)

    def test_reference_opens_nothing_to_a_stranger(self):
        """Test that the address must be right all the same."""
        self.invoice.payment_reference = RF
        self.assertFalse(self._match(RF, self.stranger.email))

    def test_free_reference_is_exact(self):
        """Test that only a structured reference may be spelled in several ways."""
        self.invoice.payment_reference = "Order 7/2026"
        self.assertEqual(self._match("Order 7/2026"), self.invoice)
        for typed in ("order 7/2026", "Order7/2026", "Order  7/2026", "Order 7"):
            with self.subTest(typed=typed):
                self.assertFalse(self._match(typed))

    def test_reference_with_a_slip_finds_nothing(self):
        """Test that no other reference will do."""
        for reference, typed in (
            (RF, RF.replace("18", "19")),
            (BELGIAN, "020343057643"),
        ):
            self.invoice.payment_reference = reference
            with self.subTest(typed=typed):
                self.assertFalse(self._match(typed))

    def test_number_goes_before_a_reference(self):
        """Test that an invoice is found by its number whatever others refer to."""
        other = self._create_bill("Inv310", 10.0)
        other.payment_reference = self.invoice.name
        self.assertEqual(self._match("Inv123"), self.invoice)

    def test_reference_of_a_client_is_no_case_for_staff(self):
        """Test that one reference on all invoices of a client finds none of several."""
        other = self._create_bill("Inv311", 10.0)
        (self.invoice | other).payment_reference = RF
        self.assertFalse(self._match(RF))
        self.assertFalse((self.invoice | other).activity_ids)
        for number in range(320, 326):
            invoice = self._create_bill(f"Inv{number}", 10.0)
            invoice.payment_reference = RF
            self._register_payment(invoice)
        other.button_cancel()
        self.assertEqual(self._match(RF), self.invoice)

    def test_word_before_the_number_gives_a_hint(self):
        """Test that the payer reads which number is meant, found or not, theirs or not.

        The hint is made of what was typed, so it tells nothing to a stranger.
        """
        for typed, meant in (
            ("Invoice Inv123", "Inv123"),
            ("INV Inv123", "Inv123"),
            ("#Inv123", "Inv123"),
            ("Rechnung Nr. Inv123", "Inv123"),
            ("Facture n° Inv123", "Inv123"),
            ("Invoice: Inv999", "Inv999"),
        ):
            for email in (self.email, self.stranger.email):
                with self.subTest(typed=typed, email=email):
                    with self.assertRaises(PaynowRefusal) as refusal:
                        self.env["account.move"]._paynow_lookup(
                            self.company, email, typed, "100"
                        )
                    self.assertIn(f"please type {meant} alone", str(refusal.exception))
                    self.assertIsNone(refusal.exception.field)
        for typed in ("Inv999", "INV/2026/00001", "Invoice", "Notes 7"):
            with self.subTest(typed=typed):
                with self.assertRaises(PaynowRefusal) as refusal:
                    self.env["account.move"]._paynow_lookup(
                        self.company, self.email, typed, "100"
                    )
                self.assertNotIn("alone", str(refusal.exception))

    def test_spellings_of_one_number_count_as_one(self):
        """Test that blanks are no way around the limit of a number."""
        Attempt = self.env["paynow.attempt"]

        def key(typed):
            return Attempt._prepare_keys({"number": typed})["number_hash"]

        self.assertEqual(key(" Inv123\u00a0"), key("Inv123"))
        self.assertEqual(key(RF), key("rf18" + "0" * 14 + "42"))
        self.assertEqual(key(BELGIAN), key("020343057642"))
        self.assertNotEqual(key("Inv 123"), key("Inv123"))

    def test_payer_pays_by_reference(self):
        """Test the way from the reference to the payment, and to a mailed link."""
        self.invoice.payment_reference = RF
        context = self._open_checkout(invoice=RF)
        self._post_transaction(self._prepare_form(context))
        self.assertEqual(self.invoice.transaction_ids.amount, 100.0)
        self.env["account.move"]._paynow_request_link(self.company, RF, "192.0.2.1")
        attempt = self.env["paynow.attempt"].search([("kind", "=", "link_requested")])
        self.assertEqual(attempt.invoice_id, self.invoice)

    def test_lookup_uses_both_indexes(self):
        """Test that neither number nor reference is looked for in all invoices."""
        self.env.flush_all()
        columns = [
            name
            for name, field in self.invoice._fields.items()
            if field.store and field.column_type and name != "id"
        ]
        values = [
            {"name": "'Bulk' || n", "payment_reference": "'Ref' || n"}.get(
                name, f'"{name}"'
            )
            for name in columns
        ]
        self.env.cr.execute(
            f"""INSERT INTO account_move ({", ".join(f'"{name}"' for name in columns)})
                SELECT {", ".join(values)}
                  FROM account_move, generate_series(1, 20000) AS n
                 WHERE id = %s""",
            [self.invoice.id],
        )
        self.env.cr.execute("ANALYZE account_move")
        Invoice = self.env["account.move"].sudo()
        for typed in ("Bulk7", RF, BELGIAN):
            domain = Invoice._paynow_get_lookup_domain(self.company, typed)
            query = Invoice._search(domain).select()
            self.env.cr.execute(SQL("EXPLAIN %s", query))
            plan = "\n".join(row[0] for row in self.env.cr.fetchall())
            with self.subTest(typed=typed):
                self.assertIn("BitmapOr", plan)
                self.assertIn("account_move_unique_name", plan)
                self.assertRegex(plan, "on account_move_\\w*reference_")
                self.assertNotIn("Seq Scan", plan)
