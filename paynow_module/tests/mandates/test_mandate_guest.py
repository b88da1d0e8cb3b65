# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_items import PaynowItemsCommon
from ..common_mandate import PaynowMandateCommon
from ..common_payment import RECEIPT


@tagged("post_install", "-at_install")
class TestMandateGuest(PaynowMandateCommon, PaynowItemsCommon):
    """A bank debit on the page: what stands above *Pay* is what is agreed to."""

    def _get_mandate(self):
        """Return the one mandate there is."""
        self.env.invalidate_all()
        mandate = self.Mandate.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(mandate), 1)
        return mandate

    def test_only_a_bank_debit_has_words(self):
        context = self._open_checkout("40")
        words = context["words"]
        self.assertIn(self.payment_method_id, context["payment_method_ids"])
        self.assertEqual(set(words), {self.ach.id})
        for part in (
            f"I authorize {self.company.name} to electronically debit",
            "invoice Inv123: $40.00, once, on ",
            self.ach.name,
            "books@us.example.com",
        ):
            self.assertIn(part, words[self.ach.id])

    def test_the_mandate_keeps_what_was_read_by_whom_and_how(self):
        words = self._open_checkout("40")["words"]
        tx = self._get_tx(self._pay_with_bank("40")["reference"])
        mandate = tx.paynow_mandate_id
        self.assertRecordValues(
            mandate,
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.client.id,
                    "kind": "once",
                    "scheme": "us_business",
                    "medium": "bank",
                    "amount": 40.0,
                    "currency_id": self.currency.id,
                    "invoice_ids": self.invoice.ids,
                    "method_name": self.ach.name,
                    "text": words[self.ach.id],
                    "lang": "en_US",
                    "notice_days": 0,
                    "ip": "127.0.0.1",
                    "email": self.email,
                    "proof": "fields",
                    "user_id": False,
                    "state": "active",
                    "transaction_ids": tx.ids,
                }
            ],
        )
        self.assertEqual(mandate.text_id.kind, "once")
        self.assertFalse(mandate.message_partner_ids)

    def test_nobody_authorizes_what_they_have_not_read(self):
        for words in ("I authorize it.", None, 1, ["I"], ""):
            with self.subTest(words=words):
                answer = self._pay_with_bank(paynow_words=words)
                self.assertEqual(answer["state"], "error")
                self.assertIn("has changed", answer["state_message"])
        self.assertFalse(self.Mandate.search([("company_id", "=", self.company.id)]))
        self.assertFalse(self.invoice.transaction_ids)

    def test_a_card_needs_no_mandate_and_leaves_none(self):
        tx = self._pay_online("40")
        self.assertFalse(tx.paynow_mandate_id)

    def test_other_words_are_another_payment(self):
        first = self._get_tx(self._pay_with_bank()["reference"])
        self.Text._get_words(
            self.company, "us_business", "bank", "once"
        ).body = "I allow {what}"
        second = self._get_tx(self._pay_with_bank()["reference"])
        self.env.invalidate_all()
        self.assertEqual(first.state, "cancel")
        self.assertEqual(first.paynow_replaced_by_id, second)
        self.assertIn("I allow", second.paynow_mandate_id.text)

    def test_several_invoices_are_one_mandate(self):
        self._arrive()
        url = self._pick({self.invoice: "100", self.late: "50"}).headers["Location"]
        context = self._get_payment_context(self.url_open(url))
        words = context["words"][self.ach.id]
        self.assertIn("Inv123", words)
        self.assertIn("Inv124", words)
        form = self._prepare_form(context, payment_method_id=self.ach.id)
        self._post_transaction(form, route=context["transaction_route"])
        mandate = self._get_mandate()
        self.assertEqual(mandate.invoice_ids, self.invoice + self.late)
        self.assertEqual((mandate.amount, mandate.proof), (150.0, "link"))

    def test_who_is_logged_in_is_named(self):
        self.portal_user.partner_id.write(
            {"parent_id": self.client.id, "email": "p@blueharbor.example.com"}
        )
        self.authenticate(self.portal_user.login, self.portal_user.login)
        self._pay_with_bank()
        mandate = self._get_mandate()
        self.assertEqual(mandate.proof, "login")
        self.assertEqual(mandate.user_id, self.portal_user)

    def test_the_receipt_repeats_it_to_who_paid(self):
        tx = self._get_tx(self._pay_with_bank()["reference"])
        tx._set_pending()
        response = self._open_receipt(tx)
        text = self._get_text(response, f"{RECEIPT}//*[@id='o_paynow_mandate']")
        mandate = tx.paynow_mandate_id
        for part in (mandate.reference, mandate.text, "revoke it, reach"):
            self.assertIn(" ".join(part.split()), text)
        receipt = str(tx._paynow_render_receipt())
        self.assertIn(mandate.text, receipt)
        copy = str(tx.with_context(paynow_copy=True)._paynow_render_receipt())
        self.assertNotIn(mandate.reference, copy)
        self.opener.cookies.clear()
        others = self.url_open(tx._paynow_get_landing_route()).text
        self.assertNotIn(mandate.reference, others)

    def test_a_card_payment_asks_the_database_a_few_times_more_at_most(self):
        def count(call):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            call()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        def pay():
            context = self._open_checkout("1")
            form = self._prepare_form(context)
            return count(lambda: self._post_transaction(form))

        pay()  # What is asked once and kept.
        with_bank = pay()
        self.ach.active = False
        self.assertLessEqual(with_bank, pay() + 2)
