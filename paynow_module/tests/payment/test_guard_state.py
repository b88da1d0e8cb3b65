# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


from odoo.fields import Command
from odoo.tests import tagged

from ..common_guard import PaynowGuardCommon


@tagged("post_install", "-at_install")
class TestGuardState(PaynowGuardCommon):
    """What changed between the page and the payment."""

    # === STATE OF THE INVOICE === #

    def _prepare_signed_form(self, invoice):
        """Return an honest form with a proof that was true when it was signed."""
        context = {
            "amount": 100.0,
            "landing_route": "/PAYNOW/receipt",
            "access_token": invoice._paynow_sign(100.0, self.email),
        }
        return self._prepare_form(context)

    def test_honest_form_with_a_signed_proof_is_accepted(self):
        """Test that the refusals below aren't due to how the proof was made."""
        self._post_transaction(self._prepare_signed_form(self.invoice))
        self.assertEqual(len(self.invoice.transaction_ids), 1)

    def test_invoices_that_are_not_open_are_refused(self):
        """Test that no draft, canceled or paid invoice, note or bill is paid."""
        draft = self._create_bill("Inv410", 100.0, post=False)
        canceled = self._create_bill("Inv411", 100.0)
        canceled.button_cancel()
        paid = self._create_bill("Inv412", 100.0)
        self._register_payment(paid)
        credit_note = self._create_bill("Inv413", 100.0, move_type="out_refund")
        bill = self._create_bill(
            "Inv414",
            100.0,
            move_type="in_invoice",
            journal_id=self.company_data["default_journal_purchase"].id,
            invoice_date="2024-01-01",
        )
        reset = self._create_bill("Inv415", 100.0)
        reset.button_draft()
        entry = self.env["account.move"].create(
            {"move_type": "entry", "partner_id": self.client.id}
        )
        for invoice in draft | canceled | paid | credit_note | bill | reset | entry:
            with self.subTest(invoice=invoice.name):
                self._assert_refused(
                    self._prepare_signed_form(invoice), invoice=invoice
                )
        self.assertEqual(draft.state, "draft")

    def test_invoice_of_another_company_is_refused(self):
        """Test that a website takes no money for another company."""
        form = self._prepare_form()
        self.website.company_id = self.env["res.company"].create(
            {"name": "Other Company", "paynow_enabled": True}
        )
        self._assert_refused(form)

    def test_balance_that_fell_meanwhile_is_respected(self):
        """Test that a payment between page and *Pay* leaves only the rest to pay."""
        form = self._prepare_form()
        self._register_payment(self.invoice, amount=60.0)
        self.assertIn("$40.00", self._assert_refused(form))

    def test_payment_of_another_visitor_is_respected(self):
        """Test that of two open pages only the first to pay the whole does so."""
        form, browser = self._prepare_form(), self.opener
        self.authenticate(None, None)
        other_form, other_browser = self._prepare_form(), self.opener
        self.opener = browser
        self.assertEqual(
            self._post_transaction(form).json()["result"]["state"], "draft"
        )
        self.opener = other_browser
        self.assertIn("begun elsewhere", self._assert_refused(other_form))
        self.assertEqual(len(self.invoice.transaction_ids), 1)

    def test_payer_who_went_back_can_pay_again(self):
        """Test that one's own unfinished payment is in nobody's way."""
        form = self._prepare_form()
        self._post_transaction(form)
        response = self._post_transaction(self._prepare_form(flow="redirect"))
        self.assertEqual(response.json()["result"]["state"], "draft")

    def test_pending_payment_can_not_be_repeated(self):
        """Test that *Pay* on an old page is refused while a payment is under way."""
        form = self._prepare_form()
        self._post_transaction(form)
        self.invoice.transaction_ids._set_pending()
        self._assert_refused(form)

    def test_unposted_payment_can_not_be_repeated(self):
        """Test that *Pay* is refused between the provider's yes and the books."""
        form = self._prepare_form()
        self._post_transaction(form)
        self.invoice.transaction_ids._set_done()
        self._assert_refused(form)

    # === STATE OF THE PROVIDER === #

    def test_provider_that_stopped_meanwhile_is_refused(self):
        """Test that the provider must still be offered when *Pay* is pressed."""
        form = self._prepare_form()
        for values in (
            {"is_published": False},
            {"state": "disabled"},
            {"maximum_amount": 99.99},
            {"available_country_ids": [Command.set(self.country_france.ids)]},
            {"available_currency_ids": [Command.set(self.currency_euro.ids)]},
        ):
            with self.subTest(values=values):
                savepoint = self.env.cr.savepoint(flush=True)
                self.provider.write(values)
                self._assert_refused(form)
                savepoint.rollback()
                savepoint.close(rollback=False)
                self.env.invalidate_all()
        self.assertEqual(
            self._post_transaction(form).json()["result"]["state"], "draft"
        )

    def test_provider_that_insists_on_storing_the_method_is_refused(self):
        """Test that a method that would be stored is neither offered nor accepted."""
        form = self._prepare_form()
        self.patch(
            self.env.registry["payment.provider"],
            "_is_tokenization_required",
            lambda provider, **kwargs: True,
        )
        response = self.url_open(f"/PAYNOW/checkout/{form['access_token']}")
        self.assertNotIn('id="o_payment_form"', response.text)
        self._assert_refused(form)

    def test_provider_of_another_website_is_refused(self):
        """Test that a provider kept for another website isn't used on this one."""
        form = self._prepare_form()
        self.provider.website_id = self.env["website"].create(
            {"name": "Other Website", "company_id": self.company.id}
        )
        self._assert_refused(form)
