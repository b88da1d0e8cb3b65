# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import os
from collections import Counter

from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from lxml import html

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common_books import PaynowBooksCommon

_logger = logging.getLogger(__name__)

#: More on demand; the few of every run are always the same.
EXAMPLES = int(os.environ.get("PAYNOW_EXAMPLES", 0))
TAXES = {
    "a": {"amount": 15.0},
    "b": {"amount": 6.0},
    "c": {"amount": 5.5, "price_include_override": "tax_included"},
    "d": {"amount": 21.0, "price_include_override": "tax_included"},
    "e": {"amount": 3.0, "include_base_amount": True, "sequence": 0},
    "f": {"amount": 7.7, "sequence": 9},
    "g": {"amount": 1.25, "amount_type": "fixed"},
    "h": {"amount": -2.0},
}
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "price_unit": st.integers(1, 500_000).map(lambda cents: cents / 100),
            "quantity": st.sampled_from((1.0, 3.0, 0.75, 12.5)),
            "discount": st.sampled_from((0.0, 0.0, 5.0, 33.33)),
            "taxes": st.sets(st.sampled_from(sorted(TAXES)), max_size=3),
        }
    ),
    min_size=1,
    max_size=4,
)
MODES = ("included", "excluded", "mixed")
CURRENCIES = ("USD", "EUR", "JPY")
WAYS = ("at once", "captured", "by bank")


@tagged("post_install", "-at_install")
class TestDiscountAny(PaynowBooksCommon):
    """Any invoice, paid at its discounted amount in time: one figure everywhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.available_currency_ids = [Command.clear()]
        cls.currencies = {"USD": cls.currency} | {
            code: cls.setup_other_currency(code, rates=[("2020-01-01", rate)])
            for code, rate in (("EUR", 0.7301), ("JPY", 151.37))
        }
        cls.taxes = {
            name: cls.env["account.tax"].create({"name": name, **values})
            for name, values in TAXES.items()
        }
        cls.seen = Counter()

    def test_page_receipt_mail_and_books_say_the_same_of_any_invoice(self):
        """Test that what the page leaves to pay is what the books leave, to the cent.

        Whatever the lines, the taxes, the mode of the discount and the currency are.
        """

        @settings(
            max_examples=EXAMPLES or 15,
            deadline=None,
            database=None,
            derandomize=not EXAMPLES,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            LINES,
            st.sampled_from(MODES),
            st.sampled_from(CURRENCIES),
            st.sampled_from((2.0, 0.5, 3.33, 10.0)),
            st.sampled_from(WAYS),
        )
        def run(lines, mode, currency, percent, way):
            with self.env.cr.savepoint() as savepoint:
                self._check(lines, mode, currency, percent, way)
                savepoint.rollback()
            self.env.invalidate_all()

        run()
        if EXAMPLES:  # Asked for by hand; it is in the log of the run.
            _logger.info("%s", dict(sorted(self.seen.items())))
        self.assertGreaterEqual(self.seen["invoices"], EXAMPLES or 15)

    def _check(self, lines, mode, currency, percent, way):
        """Create an invoice, pay it less its discount and compare the figures."""
        try:
            invoice = self._create_any_bill(lines, mode, currency, percent)
        except UserError:  # Odoo itself can't balance some in a foreign currency.
            self.seen["refused by Odoo"] += 1
            reject()
        # What Odoo's own pages say is due if it is paid now.
        amount = invoice._get_invoice_next_payment_values()["amount_due"]
        page = invoice._paynow_get_summary(amount)["left"] or invoice._paynow_format(0)
        tx = self._pay_in_a_way(invoice, amount, way)
        receipt = tx._paynow_get_receipt()["still_to_pay"]
        books = invoice._paynow_format(invoice.amount_residual)
        mails = self._read_mails()
        self.assertEqual(len(mails), 2 if way == "by bank" else 1)
        self.assertEqual({page, receipt, *mails}, {books})
        self.assertEqual(books, invoice._paynow_format(0))
        self.assertFalse(self._get_activities(invoice))
        taxes = max(len(line["taxes"]) for line in lines)
        self.seen.update(
            ["invoices", mode, currency, way, f"{len(lines)} lines", f"{taxes} taxes"]
        )

    def _create_any_bill(self, lines, mode, currency, percent):
        """Create an invoice that is discounted today.

        :rtype: account.move
        """
        terms = self._create_terms(
            (100.0, 30),
            early_discount=True,
            discount_percentage=percent,
            discount_days=10,
            early_pay_discount_computation=mode,
        )
        invoice = self.env["account.move"].create(
            {
                "name": "Inv850",
                "move_type": "out_invoice",
                "partner_id": self.client.id,
                "invoice_payment_term_id": terms.id,
                "invoice_date": self.company._paynow_get_today(),
                "currency_id": self.currencies[currency].id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Service",
                            "price_unit": line["price_unit"],
                            "quantity": line["quantity"],
                            "discount": line["discount"],
                            "tax_ids": [
                                Command.set(
                                    [self.taxes[name].id for name in line["taxes"]]
                                )
                            ],
                        }
                    )
                    for line in lines
                ],
            }
        )
        invoice.action_post()
        return invoice

    def _pay_in_a_way(self, invoice, amount, way):
        """Pay an amount up to the books; return the transaction of the payer."""
        states = {"at once": "done", "captured": "authorized", "by bank": "pending"}
        tx = self._pay(
            states[way],
            amount=amount,
            currency_id=invoice.currency_id.id,
            invoice_ids=[Command.set(invoice.ids)],
        )
        tx._post_process()
        if way == "captured":
            child = tx._capture()
            child._set_done()
            child._post_process()
        elif way == "by bank":
            tx._set_done()
        tx._post_process()
        return tx

    def _read_mails(self):
        """Return what the mails to the payer say is still to pay."""
        return [
            "".join(cell.itertext()).strip()
            for mail in self._get_mails()
            for cell in html.fromstring(str(mail.body_html)).xpath(
                "//td[normalize-space()='Still to pay']/following-sibling::td"
            )
        ]
