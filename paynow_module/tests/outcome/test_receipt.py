# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MODELS
from ..common_payment import RECEIPT, PaynowPaymentCommon


@tagged("post_install", "-at_install")
class TestReceipt(PaynowPaymentCommon):
    """The receipt of a payment, on a page and by mail."""

    # === RECEIPT PAGE === #

    def test_payer_lands_on_the_receipt(self):
        """Test that the status page leads the payer to the receipt."""
        tx = self._pay_online("40")
        tx._set_done()
        landing_route = self._poll()["landing_route"]
        response = self.url_open(landing_route)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Payment received", self._get_text(response, f"{RECEIPT}//h1"))
        values = self._get_receipt_values(response)
        self.assertEqual(values["company"], self.company.name)
        self.assertEqual(values["invoice"], "Inv123")
        self.assertEqual(values["amount"], "$40.00")
        self.assertEqual(values["still_to_pay"], "$60.00")
        self.assertEqual(values["payment_number"], tx.payment_id.name)
        self.assertTrue(values["date"])
        self.assertIn(self.email, response.text)

    def test_receipt_tells_what_became_of_the_payment(self):
        """Test that each state has its own headline, and only failures an alert."""
        self.provider.support_manual_capture = "partial"
        for state, headline, still_to_pay, has_alert in (
            ("draft", "Paying…", "$100.00", False),
            ("pending", "Payment being processed", "$70.00", False),
            ("authorized", "Payment being processed", "$70.00", False),
            ("done", "Payment received", "$70.00", False),
            ("cancel", "Payment canceled", "$100.00", True),
            ("error", "Payment declined", "$100.00", True),
        ):
            with self.subTest(state=state):
                savepoint = self.env.cr.savepoint(flush=True)
                tx = self._pay(state, amount=30.0)
                if state == "done":
                    tx._post_process()
                response = self._open_receipt(tx)
                (receipt,) = self._parse(response).xpath(RECEIPT)
                self.assertEqual(receipt.get("data-state"), state)
                self.assertEqual(self._get_text(response, f"{RECEIPT}//h1"), headline)
                values = self._get_receipt_values(response)
                self.assertEqual(values["amount"], "$30.00")
                self.assertEqual(values["still_to_pay"], still_to_pay)
                self.assertEqual(bool(self._get_alert(response)), has_alert)
                savepoint.rollback()
                savepoint.close(rollback=False)
                self.env.invalidate_all()

    def test_bank_payment_is_told_to_be_initiated_only(self):
        """Test that an ACH payment isn't called received before it is cleared."""
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        tx = self._pay("pending", payment_method_id=ach.id)
        response = self._open_receipt(tx)
        self.assertEqual(
            self._get_text(response, f"{RECEIPT}//h1"), "Payment initiated"
        )
        self.assertIn("initiated, not yet cleared", response.text)
        self.assertNotIn("Payment received", response.text)

    def test_declined_payer_can_try_again_at_once(self):
        """Test that *Try again* leads to the methods with all still filled in."""
        for state in ("error", "canceled"):
            with self.subTest(state=state):
                tx = self._pay_online("40")
                getattr(tx, f"_set_{state}")(state_message="Declined")
                page = self._parse(self.url_open(self._poll()["landing_route"]))
                (link,) = page.xpath(f"{RECEIPT}//a[normalize-space()='Try again']")
                context = self._get_payment_context(self.url_open(link.get("href")))
                self.assertEqual(context["amount"], 40.0)
                form = self._prepare_form(context)
                result = self._post_transaction(form).json()["result"]
                self.assertEqual(result["state"], "draft")

    def test_paid_receipt_offers_no_second_try(self):
        """Test that only a failed payment can be tried again."""
        tx = self._pay("done", amount=30.0)
        tx._post_process()
        response = self._open_receipt(tx)
        self.assertNotIn("Try again", response.text)
        self.assertIn("Pay another invoice", response.text)

    def test_altered_receipt_shows_nothing(self):
        """Test that the receipts of others can't be found by trying."""
        tx = self._pay("done")
        route = tx._paynow_get_landing_route()
        for altered in (
            route[:-3] + "AAA",
            route + "AAAA",
            f"/PAYNOW/receipt/{tx.id}",
            f"/PAYNOW/receipt/{self.invoice._paynow_sign(100.0, self.email)}",
            f"/PAYNOW/receipt?tx_id={tx.id}",
        ):
            with self.subTest(altered=altered[-30:]):
                response = self.url_open(altered)
                self.assertIn(response.status_code, (403, 404))
                self.assertNotIn("Inv123", response.text)

    def test_receipt_is_for_pay_now_payments_of_this_company(self):
        """Test that neither Odoo's other payments nor other companies' are shown."""
        other_tx = self._pay("done", is_paynow=False)
        self.assertEqual(self._open_receipt(other_tx).status_code, 403)
        tx = self._pay("done")
        self.assertEqual(self._open_receipt(tx).status_code, 200)
        self.website.company_id = self.env["res.company"].create(
            {"name": "Other Company", "paynow_enabled": True}
        )
        self.assertEqual(self._open_receipt(tx).status_code, 403)

    # === RECEIPT MAIL === #

    def test_payer_gets_one_mail_for_a_payment(self):
        """Test that the mail tells what the receipt tells, to who typed the address."""
        tx = self._pay_online("40")
        tx._set_done()
        self._poll()
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn(self.company.name, mail.subject)
        self.assertIn("Payment received", mail.subject)
        for text in ("$40.00", "$60.00", "Inv123", tx.payment_id.name):
            self.assertIn(text, mail.body_html)

    def test_bank_payer_gets_a_mail_when_initiated_and_one_when_cleared(self):
        """Test that each of the two states is mailed once."""
        tx = self._pay_online()
        tx._set_pending()
        self._poll()
        self.assertIn("initiated", self._get_mails().subject)
        self._run_cron()
        self.assertEqual(len(self._get_mails()), 1)
        tx._set_done()
        self._run_cron()
        self._poll()
        mails = self._get_mails()
        self.assertEqual(len(mails), 2)
        self.assertEqual(len(mails.filtered(lambda m: "received" in m.subject)), 1)

    def test_other_payments_of_odoo_get_no_receipt_of_ours(self):
        """Test that a payment by a portal link is left to Odoo."""
        self._pay("done", is_paynow=False, paynow_email=False)._post_process()
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertFalse(self.env["mail.mail"].search([("subject", "like", "Inv123")]))

    def test_mail_is_in_the_language_of_the_client(self):
        """Test that amounts in the mail are written as the client writes them."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.client.lang = "de_DE"
        self._pay("done")._post_process()
        self.assertIn("100,00\u00a0$", self._get_mails().body_html)
        self.assertNotIn("$100.00", self._get_mails().body_html)

    def test_broken_template_keeps_no_money_out_of_the_books(self):
        """Test that an edit that breaks the mail breaks nothing but the mail."""
        template = self.env.ref("paynow_module.mail_template_receipt").sudo()
        values = {name: template[name] for name in ("body_html", "subject", "lang")}
        # Odoo refuses to save what fails on payments that are there already.
        for amount, name, broken in (
            (10.0, "body_html", "<p t-out='1 / (object.amount - 10)'/>"),
            (11.0, "subject", "{{ 1 / (object.amount - 11) }}"),
            (12.0, "lang", "{{ 1 / (object.amount - 12) }}"),
        ):
            with self.subTest(name=name):
                template.write({**values, name: broken})
                tx = self._pay_online(str(int(amount)))
                tx._set_done()
                with mute_logger(
                    "odoo.addons.base.models.ir_qweb",
                    "odoo.addons.mail.models.mail_render_mixin",
                    f"{MODELS}.payment.payment_transaction",
                ):
                    self.assertEqual(self._poll()["state"], "done")
                self._assert_books(tx, amount)
                self.assertFalse(self._get_mails())
        self.assertIn(
            "mail to the payer could not be made",
            str(self.invoice.message_ids.mapped("body")),
        )

    def test_deleted_template_keeps_no_money_out_of_the_books(self):
        """Test that a template that was deleted breaks nothing either."""
        self.env.ref("paynow_module.mail_template_receipt").sudo().unlink()
        tx = self._pay_online()
        tx._set_done()
        with mute_logger(f"{MODELS}.payment.payment_transaction"):
            self._poll()
        self._assert_books(tx, 100.0)
