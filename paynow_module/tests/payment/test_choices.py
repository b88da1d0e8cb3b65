# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from ..common import PaynowHttpCommon

ISSUED = date(2026, 5, 1)


@tagged("post_install", "-at_install")
class TestChoices(PaynowHttpCommon):
    """What the page offers to pay: what is due, all of it, less a discount, or else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        terms = cls._create_terms((30.0, 30), (30.0, 60), (40.0, 90))
        cls.bill = cls._create_bill(
            "Parts1", 1000.0, invoice_date=ISSUED, invoice_payment_term_id=terms.id
        )

    def setUp(self):
        super().setUp()
        self.day = freeze_time("2026-06-10 12:00")
        self.day.start()
        self.addCleanup(self.day.stop)

    def _open(self, amount="1000", invoice="Parts1"):
        location = self._look_up(invoice=invoice, amount=amount).headers["Location"]
        return self.url_open(location)

    def _get_choices(self, response):
        return [
            (button.get("data-kind"), button.get("value"), " ".join(
                button.text_content().split()
            ))
            for button in self._parse(response).xpath(
                "//form[@id='o_paynow_amounts']//button[@name='choice']"
            )
        ]  # fmt: skip

    def _change(self, response, **values):
        """Send the form with another amount; return the page that it leads to."""
        (form,) = self._parse(response).xpath("//form[@id='o_paynow_amounts']")
        token = form.xpath(".//input[@name='csrf_token']")[0].get("value")
        return self.url_open(form.get("action"), {"csrf_token": token, **values})

    def _get_paying_now(self, response):
        return self._get_text(
            response, "//dl[@id='o_paynow_summary']//dd[@data-name='amount']"
        )

    # === INSTALMENTS === #

    def test_instalments_are_listed_with_their_days(self):
        rows = [
            " ".join(row.text_content().split())
            for row in self._parse(self._open()).xpath(
                "//ul[@id='o_paynow_instalments']/li"
            )
        ]
        self.assertEqual(
            rows,
            [
                "Parts1 (1 of 3) 05/31/2026 Past Due $300.00",
                "Parts1 (2 of 3) 06/30/2026 $300.00",
                "Parts1 (3 of 3) 07/30/2026 $400.00",
            ],
        )
        due = self.bill._paynow_get_summary(300.0)["date_due"]
        self.assertEqual(due, date(2026, 5, 31))  # Of what is due first, not last.

    def test_what_is_due_can_be_paid_in_place_of_all(self):
        response = self._open()
        self.assertEqual(
            self._get_choices(response),
            [("due", "300.00", "Pay $300.00, due 05/31/2026")],
        )
        response = self._change(response, choice="300.00")
        self.assertEqual(self._get_paying_now(response), "$300.00")
        self.assertEqual(
            self._get_choices(response), [("all", "1000.00", "Pay $1,000.00 in full")]
        )

    def test_a_mailed_link_fills_in_what_is_due(self):
        response = self.url_open(self.bill.paynow_url)
        (field,) = self._parse(response).xpath("//input[@name='amount']")
        self.assertEqual(field.get("value"), "300.00")

    def test_an_invoice_that_is_paid_at_once_lists_none(self):
        response = self._open("100", "Inv123")
        self.assertFalse(self._parse(response).xpath("//*[@id='o_paynow_instalments']"))
        self.assertFalse(self._get_choices(response))

    # === ANOTHER AMOUNT === #

    def test_another_amount_can_be_typed(self):
        response = self._change(self._open(), amount="123.45")
        self.assertEqual(self._get_paying_now(response), "$123.45")

    def test_an_amount_that_can_not_be_paid_is_kept_with_the_reason(self):
        for typed, words in (
            ("1000.01", "more than what is still to pay ($1,000.00)"),
            ("0", "more than zero"),
            ("", "in figures"),
            ("a hundred", "in figures"),
            ("1.001", "smallest unit"),
        ):
            with self.subTest(typed=typed):
                response = self._change(self._open(), amount=typed)
                self.assertEqual(self._get_paying_now(response), "$1,000.00")
                (field,) = self._parse(response).xpath(
                    "//input[@id='o_paynow_other_amount']"
                )
                self.assertEqual(field.get("value") or "", typed)
                error = self._get_text(response, "//*[@id='o_paynow_amount_error']")
                self.assertIn(words, error)

    def test_nothing_changes_without_the_token_of_the_form(self):
        response = self._change(self._open(), choice="300.00", csrf_token="no")
        self.assertEqual(self._get_paying_now(response), "$1,000.00")

    def test_a_proof_that_is_none_changes_nothing(self):
        response = self.url_open("/PAYNOW/checkout/none", {"amount": "1"})
        self.assertEqual(response.status_code, 403)

    # === DISCOUNT AND CREDIT === #

    def _create_discounted(self):
        terms = self._create_terms(
            (100.0, 60),
            early_discount=True, discount_percentage=2.0, discount_days=45,
        )  # fmt: skip
        return self._create_bill(
            "Early1", 115.0, invoice_date=ISSUED, invoice_payment_term_id=terms.id
        )

    def test_the_discount_is_offered_with_its_last_day(self):
        bill = self._create_discounted()
        response = self._open("115", bill.name)
        self.assertEqual(
            self._get_choices(response),
            [("discount", "112.70", "Pay $112.70, with the discount until 06/15/2026")],
        )
        response = self._change(response, choice="112.70")
        self.assertFalse(self._parse(response).xpath("//dd[@data-name='left']"))
        self.assertEqual(self._get_choices(response)[0][:2], ("all", "115.00"))

    def test_a_discount_is_not_offered_after_its_day(self):
        bill = self._create_discounted()
        with freeze_time("2026-06-16 12:00"):
            self.assertFalse(self._get_choices(self._open("115", bill.name)))

    def test_mails_name_the_discount(self):
        bill = self._create_discounted()
        self.assertEqual(
            bill._paynow_get_mail_notes(),
            ["If you pay by 06/15/2026, $112.70 is enough."],
        )

    def test_a_credit_is_mentioned_to_whoever_has_proven_the_invoice(self):
        response = self._open()
        self.assertFalse(self._parse(response).xpath("//*[@id='o_paynow_credit']"))
        self._create_bill("Credit1", 60.0, move_type="out_refund", invoice_date=ISSUED)
        words = self._get_text(self._open(), "//*[@id='o_paynow_credit']")
        self.assertIn("$60.00 of credit", words)
