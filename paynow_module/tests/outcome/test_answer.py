# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_payment import RECEIPT, PaynowPaymentCommon


@tagged("post_install", "-at_install")
class TestAnswer(PaynowPaymentCommon):
    """The page that answers: at once, by its address, and brought up to date."""

    def _ask(self, tx):
        """Ask for news as the page does; return what it is told."""
        return self.make_jsonrpc_request(f"{tx.landing_route}/news")

    def _open_status(self):
        return self.url_open("/payment/status", allow_redirects=False)

    # === THE WAY THERE === #

    def test_the_status_page_leads_to_the_answer_at_once(self):
        tx = self._pay_online("40")
        response = self._open_status()
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(tx.landing_route))
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_payments_of_others_keep_the_status_page(self):
        tx = self._pay_online("40")
        tx.is_paynow = False
        self.assertEqual(self._open_status().status_code, 200)

    def test_the_way_back_from_a_provider_carries_the_answer(self):
        """Test that a payer whose session is lost reads the truth all the same."""
        tx = self._pay_online("40")
        values = tx._paynow_prepare_form_values(
            {"return_url": "https://x.example/payment/stripe/return?reference=1"}
        )
        token = tx.landing_route.rpartition("/")[2]
        self.assertEqual(
            values["return_url"],
            f"https://x.example/payment/stripe/return?reference=1&paynow={token}",
        )
        self.assertEqual(values["paynow_landing_route"], tx.landing_route)

    # === WHAT IT SAYS === #

    def test_the_answer_is_there_before_the_books(self):
        """Test that whoever has paid reads so, and the number when it is there."""
        tx = self._pay_online("40")
        tx._set_done()
        response = self.url_open(tx.landing_route)
        self.assertEqual(self._get_text(response, f"{RECEIPT}//h1"), "Payment received")
        values = self._get_receipt_values(response)
        self.assertEqual(values["still_to_pay"], "$60.00")
        self.assertNotIn("payment_number", values)
        self.assertFalse(tx.is_post_processed)  # A GET writes nothing.
        self.assertIn("/news", response.text)
        news = self._ask(tx)
        self.assertFalse(news["is_waiting"])
        self.assertIn(tx.payment_id.name, news["html"])
        self.assertNotIn("/news", self.url_open(tx.landing_route).text)

    def test_another_browser_reads_what_became_of_it_and_nothing_else(self):
        """Test that an address in a history or a log tells of no invoice and nobody."""
        for state, heading in (
            ("draft", "Paying…"),
            ("error", "Payment declined"),
            ("done", "Payment received"),
        ):
            with self.subTest(state=state):
                tx = self._pay_online("40")
                if state != "draft":
                    getattr(tx, f"_set_{state}")(state_message="The card expired.")
                pages = []
                for _browser in ("of the payer", "another"):
                    page = self.url_open(tx.landing_route)
                    self.assertEqual(self._get_text(page, f"{RECEIPT}//h1"), heading)
                    pages += [page.text, self._ask(tx)["html"]]
                    self.opener.cookies.clear()
                values = self._get_receipt_values(page)
                self.assertEqual(values, {"amount": "$40.00"})
                for said in (self.invoice.name, tx.reference, "/PAYNOW/checkout/"):
                    told = [said in page for page in pages]
                    self.assertEqual(told[2:], [False, False], said)
                self.assertIn(self.invoice.name, pages[0])
                self.assertNotIn("The card expired.", "".join(pages[2:]))

    def test_what_keeps_odoo_from_posting_keeps_no_answer(self):
        tx = self._pay_online("40")
        tx._set_done()
        Tx = self.env.registry["payment.transaction"]
        with (
            patch.object(Tx, "_post_process", side_effect=ValueError("books closed")),
            mute_logger("odoo.addons.paynow_module.models.outcome"
                        ".payment_transaction_answer"),
        ):  # fmt: skip
            news = self._ask(tx)
        self.assertTrue(news["is_waiting"])
        self.assertIn("Payment received", news["html"])
        self.assertNotIn("books closed", news["html"])
        self.assertFalse(self._ask(tx)["is_waiting"])

    def test_who_waits_for_the_provider_reads_so(self):
        tx = self._pay_online("40")
        response = self.url_open(tx.landing_route)
        self.assertEqual(self._get_text(response, f"{RECEIPT}//h1"), "Paying…")
        self.assertIn("Please don't pay a second time", response.text)
        self.assertTrue(self._ask(tx)["is_waiting"])
        tx.last_state_change -= timedelta(minutes=3)
        response = self.url_open(tx.landing_route)
        self.assertEqual(
            self._get_text(response, f"{RECEIPT}//h1"), "Payment not complete"
        )
        (link,) = self._parse(response).xpath(
            f"{RECEIPT}//a[normalize-space()='Back to the payment']"
        )
        form = self._prepare_form(
            self._get_payment_context(self.url_open(link.get("href")))
        )
        result = self._post_transaction(form).json()["result"]
        self.assertEqual(result["reference"], tx.reference)  # The same try.

    def test_a_decline_is_told_with_its_reason_and_the_next_step(self):
        tx = self._pay_online("40")
        tx._set_error("Card <b>expired</b>; <script>x</script> use another")
        response = self.url_open(tx.landing_route)
        alert = self._get_alert(response)
        self.assertIn("Card *expired*", alert)
        self.assertIn("try again, with another card", alert)
        self.assertNotIn("<script>x", response.text)
        self.assertIn("Payment declined", self._parse(response).findtext(".//title"))
        tx.paynow_problem = "Nobody knows"
        self.assertNotIn("expired", self.url_open(tx.landing_route).text)

    def test_nobody_waits_days_for_a_bank(self):
        ach = self.env.ref("payment.payment_method_ach_direct_debit")
        for method, is_waiting in ((ach, False), (self.payment_method, True)):
            with self.subTest(method=method.code):
                tx = self._pay("pending", payment_method_id=method.id, amount=10.0)
                tx.landing_route = tx._paynow_get_landing_route()
                self.assertEqual(self._ask(tx)["is_waiting"], is_waiting)

    def test_what_was_begun_is_answered_once_pay_now_is_off(self):
        tx = self._pay_online("40")
        self.company.paynow_enabled = False
        tx._set_done()
        self.assertIn("Payment received", self.url_open(tx.landing_route).text)
        self.assertIn(tx.payment_id.name or "PBNK", self._ask(tx)["html"])

    def test_a_stranger_gets_no_news(self):
        tx = self._pay_online("40")
        for token in ("x", tx.landing_route.rpartition("/")[2] + "="):
            route = f"/PAYNOW/receipt/{token}/news"
            self.assertEqual(self.make_jsonrpc_request(route), {})

    # === NO ANSWER === #

    def _find_out(self, form, seconds=60):
        params = {"access_token": form["access_token"], "seconds": seconds}
        return self.make_jsonrpc_request(f"/PAYNOW/answer/{self.invoice.id}", params)

    def test_a_browser_finds_out_what_became_of_its_try(self):
        form = self._prepare_form(self._open_checkout("40"))
        self.assertEqual(self._find_out(form), {})
        tx = self._get_tx(self._post_transaction(form).json()["result"]["reference"])
        self.assertEqual(self._find_out(form), {})  # Nothing is known yet.
        tx._set_error("No.")
        self.assertEqual(self._find_out(form), {"landing_route": tx.landing_route})
        # It is no answer to a try that was begun after it.
        tx.last_state_change -= timedelta(minutes=2)
        self.assertEqual(self._find_out(form), {})
        self.assertEqual(self._find_out(form, "600"), {})
        self.assertEqual(self._find_out(form, 600), {"landing_route": tx.landing_route})

    def test_nobody_finds_out_about_another_browser(self):
        form = self._prepare_form(self._open_checkout("40"))
        tx = self._get_tx(self._post_transaction(form).json()["result"]["reference"])
        tx._set_done()
        self.opener.cookies.clear()
        self.url_open("/PAYNOW")
        self.assertEqual(self._find_out(form), {})
        self.assertEqual(self._find_out({"access_token": "x"}), {})
