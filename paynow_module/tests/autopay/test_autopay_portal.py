# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import http
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from ..common import PaynowHttpCommon

#: Digits alone may turn up in a token or a hash on a page.
CARD = "Dana4242"


@tagged("-at_install", "post_install")
class TestAutopayPortal(PaynowHttpCommon):
    """Automatic payment in the portal: the client's own, and nobody else's."""

    def setUp(self):
        super().setUp()
        self.provider.allow_tokenization = True
        self.dana = self._create_portal_user("dana", self.client)
        self.token = self._create_token(
            partner_id=self.dana.partner_id.id, payment_details=CARD
        )
        self.invoice.message_subscribe(self.dana.partner_id.ids)
        self.today = self.company._paynow_get_today()

    def _create_portal_user(self, login, company):
        """Create a contact of a client who may log in.

        :rtype: res.users
        """
        user = new_test_user(
            self.env,
            f"paynow_{login}",
            "base.group_portal",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        user.partner_id.parent_id = company
        return user

    def _post(self, route, action="on", **data):
        """Post a form of the portal.

        :rtype: requests.Response
        """
        data = {"csrf_token": http.Request.csrf_token(self), "action": action, **data}
        return self.url_open(route, data=data, allow_redirects=False)

    def _set_all(self, **data):
        """Choose automatic payment of all invoices."""
        data = {
            "token_id": self.token.id,
            "timing": "on",
            "days": "0",
            "limit": "",
            "consent": "on",
            **data,
        }
        return self._post("/my/autopay", **data)

    def _get_choices(self):
        """Return all choices there are."""
        return self.env["paynow.autopay"].with_context(active_test=False).search([])

    def test_the_client_chooses_sees_and_switches_off(self):
        self.authenticate("paynow_dana", "paynow_dana")
        page = self.url_open("/my/autopay").text
        self.assertIn(CARD, page)
        response = self._set_all(timing="before", days="3", limit="1,000.00")
        self.assertEqual(response.status_code, 303)
        choice = self._get_choices()
        self.assertEqual((choice.timing, choice.days), ("before", 3))
        self.assertEqual(choice.limit_amount, 1000.0)
        self.assertEqual(choice.consent_user_id, self.dana)
        self.assertEqual(choice.consent_ip, "127.0.0.1")
        self.assertIn("I authorize", choice.consent_text)
        self.assertIn(choice.consent_text, self.url_open("/my/autopay").text)
        self._post("/my/autopay", action="off")
        self.assertFalse(choice.active)
        self.assertEqual(choice.end_user_id, self.dana)

    def test_the_client_chooses_to_use_discounts(self):
        """Test the box of all invoices, and that of one, where there is a discount."""
        self.authenticate("paynow_dana", "paynow_dana")
        self.assertIn("Use early payment discounts", self.url_open("/my/autopay").text)
        self._set_all(use_discounts="on")
        self.assertTrue(self._get_choices().use_discounts)
        self.assertRegex(
            self.url_open("/my/autopay").text, r"name=.use_discounts.[^>]*checked"
        )
        self._post("/my/autopay", action="off")
        url = f"/my/invoices/{self.invoice.id}"
        self.assertNotIn("use_discounts", self.url_open(url).text)
        terms = self._create_terms(
            (100, 30), early_discount=True, discount_percentage=2, discount_days=10
        )
        bill = self._create_bill(
            "Early", 100.0, invoice_date=self.today, invoice_payment_term_id=terms.id
        )
        bill.message_subscribe(self.dana.partner_id.ids)
        url = f"/my/invoices/{bill.id}"
        self.assertIn("use_discounts", self.url_open(url).text)
        data = {"token_id": self.token.id, "consent": "on", "use_discounts": "on"}
        self._post(f"{url}/autopay", **data)
        self.assertEqual(
            bill._paynow_get_autopay_date(), self.today + timedelta(days=10)
        )
        text = self._get_text(self.url_open(url), "//*[@id='o_paynow_autopay']")
        self.assertIn("($98.00)", text)

    def test_nobody_consents_to_what_they_have_not_read(self):
        """Test that a page that is out of date is shown again."""
        url = f"/my/invoices/{self.invoice.id}"
        self.authenticate("paynow_dana", "paynow_dana")
        page = self._parse(self.url_open(url))
        (text,) = page.xpath("//*[@id='o_paynow_autopay']//input[@name='text']/@value")
        data = {"token_id": self.token.id, "consent": "on", "text": text}
        tx = self._pay(amount=30.0)
        response = self._post(f"{url}/autopay", **data)
        self.assertIn("read it again", self._get_alert(response))
        self.assertFalse(self._get_choices())
        tx.unlink()
        self._post(f"{url}/autopay", **data)
        self.assertEqual(self._get_choices().consent_text, text)

    def test_the_client_reads_of_each_instalment(self):
        terms = self._create_terms((30, 0), (30, 30), (40, 60))
        bill = self._create_bill(
            "Parts", 1000.0, invoice_date=self.today - timedelta(days=20),
            invoice_payment_term_id=terms.id,
        )  # fmt: skip
        bill.message_subscribe(self.dana.partner_id.ids)
        self.authenticate("paynow_dana", "paynow_dana")
        self._set_all()
        for page in (f"/my/invoices/{bill.id}", "/my/autopay"):
            with self.subTest(page=page):
                text = self._get_text(
                    self.url_open(page), "//*[@id='o_paynow_autopay']"
                )
                for part in ("($300.00)", "After that: $400.00 on", "is past due and"):
                    self.assertIn(part, text)

    def test_one_invoice(self):
        self.invoice.line_ids.filtered("date_maturity").date_maturity = (
            self.today + timedelta(days=5)
        )
        self.authenticate("paynow_dana", "paynow_dana")
        url = f"/my/invoices/{self.invoice.id}"
        self.assertIn("o_paynow_autopay", self.url_open(url).text)
        data = {"token_id": self.token.id, "consent": "on"}
        self._post(f"{url}/autopay", **data)
        self.assertEqual(
            self.invoice._paynow_get_autopay_date(), self.today + timedelta(days=5)
        )
        self.assertIn("Cancel automatic payment", self.url_open(url).text)
        self._post(f"{url}/autopay", action="off")
        self.assertFalse(self.invoice._paynow_get_autopay_date())
        self.assertEqual(self.invoice.paynow_autopay_reason, "client")

    def test_the_client_reads_that_it_waits_for_a_credit(self):
        self.authenticate("paynow_dana", "paynow_dana")
        url = f"/my/invoices/{self.invoice.id}"
        data = {"token_id": self.token.id, "consent": "on"}
        self._post(f"{url}/autopay", **data)
        self._create_bill("Credit1", 30.0, move_type="out_refund")
        self.env.invalidate_all()
        for page in (url, "/my/autopay"):
            with self.subTest(page=page):
                text = self.url_open(page).text
                self.assertIn("Automatic payment waits", text)
                self.assertIn('value="off"', text)
        self._post(f"{url}/autopay", action="off")
        self.assertEqual(self.invoice.paynow_autopay_reason, "client")

    def test_nothing_is_set_without_consent_method_or_figures(self):
        self.authenticate("paynow_dana", "paynow_dana")
        foreign = self._create_token(partner_id=self.stranger.id)
        colleague = self._create_token(partner_id=self.client.id)
        for data in (
            {"consent": ""},
            {"token_id": ""},
            {"token_id": foreign.id},
            {"token_id": colleague.id},
            {"token_id": "1 or 1=1"},
            {"days": "-3"},
            {"days": "99999"},
            {"days": "61", "timing": "after"},
            {"limit": "lots"},
            {"limit": "-5"},
            {"limit": "9" * 32},
            {"limit": "1" + "0" * 400},
            {"limit": "1000000000001"},
            {"limit": "1e30"},
            {"limit": "NaN"},
            {"timing": "never"},
        ):
            with self.subTest(data=data):
                response = self._set_all(**data)
                self.assertEqual(response.status_code, 200)
                self.assertTrue(self._get_alert(response))
        self.assertFalse(self._get_choices())

    def test_a_file_in_place_of_a_text_is_refused_in_words(self):
        self.authenticate("paynow_dana", "paynow_dana")
        data = {"csrf_token": http.Request.csrf_token(self), "action": "on",
                "token_id": self.token.id, "timing": "on", "consent": "on"}  # fmt: skip
        for name in ("limit", "days", "timing", "consent", "text"):
            with self.subTest(name=name):
                response = self.url_open(
                    "/my/autopay", data=data, files={name: ("a.txt", b"5")}
                )
                self.assertEqual(response.status_code, 200)
                self.assertTrue(self._get_alert(response))
        del data["csrf_token"]
        response = self.url_open(
            "/my/autopay", data=data, files={"csrf_token": ("a.txt", b"5")}
        )
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._get_choices())

    def test_what_could_not_be_shown_is_not_kept(self):
        """Test that no limit is too large for the lists in which it stands."""
        self.authenticate("paynow_dana", "paynow_dana")
        self._set_all()
        choice = self._get_choices().sudo()
        for limit in (1e32, 1e300, -0.01):
            with self.subTest(limit=limit), self.assertRaises(ValidationError):
                choice.limit_amount = limit
                self.env.flush_all()
        choice.limit_amount = -0.0
        self.assertTrue(choice.display_name)

    def test_a_stranger_who_logs_in_reaches_nothing_of_the_client(self):
        self._create_portal_user("eve", self.stranger)
        self.authenticate("paynow_eve", "paynow_eve")
        data = {"token_id": self.token.id, "consent": "on"}
        for action in ("on", "off"):
            response = self._post(
                f"/my/invoices/{self.invoice.id}/autopay", action=action, **data
            )
            self.assertEqual(response.status_code, 404)
        self.assertEqual(self._set_all().status_code, 200)
        self.assertNotIn(CARD, self.url_open("/my/autopay").text)
        url = self.invoice.get_portal_url()
        self.assertNotIn("o_paynow_autopay", self.url_open(url).text)
        self.assertFalse(self._get_choices())

    def test_a_visitor_with_address_number_and_token_id_reaches_nothing(self):
        """What such a visitor can try, one after the other."""
        url = f"/my/invoices/{self.invoice.id}"
        data = {"token_id": self.token.id, "consent": "on"}
        for response in (
            self.url_open("/my/autopay", allow_redirects=False),
            self._set_all(),
            self._post("/my/autopay", action="off"),
            self._post(f"{url}/autopay", **data),
            self._post(f"{url}/autopay", action="off"),
            self._post(
                f"{url}/autopay", access_token=self.invoice.access_token, **data
            ),
        ):
            self.assertIn(response.status_code, (303, 404))
            if response.status_code == 303:
                self.assertIn("/web/login", response.headers["Location"])
        # With the link of the invoice, the portal shows no automatic payment.
        page = self.url_open(self.invoice.get_portal_url()).text
        self.assertNotIn("o_paynow_autopay", page)
        # The public page neither lists the saved method nor takes it.
        context = self._open_checkout()
        self.assertNotIn(CARD, str(context))
        for forged in (
            {"flow": "token", "token_id": self.token.id},
            {"flow": "direct", "token_id": self.token.id},
            {"tokenization_requested": True},
            {"flow": "token", "token_id": self.token.id, "paynow_run_key": "1"},
        ):
            self._post_transaction(self._prepare_form(context, **forged))
        # Nor do the routes for programs.
        for model, method, args in (
            ("paynow.autopay", "search_read", [[]]),
            ("paynow.autopay", "create", [{"token_id": self.token.id}]),
            ("paynow.autopay", "_choose", [1, 2, 3, 4]),
            ("account.move", "action_paynow_autopay_cancel", [self.invoice.ids]),
            ("payment.transaction", "_cron_paynow_autopay", []),
        ):
            response = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                json={
                    "jsonrpc": "2.0",
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": {},
                    },
                },
            )
            self.assertNotIn("result", response.json())
        self.assertFalse(self._get_choices())
        self.assertFalse(self.invoice.transaction_ids)
        self.assertFalse(self.invoice.paynow_autopay_date)

    def test_the_public_page_says_that_paying_now_replaces_it(self):
        self.env["paynow.autopay"]._choose(
            self.client,
            self.token,
            "192.0.2.7",
            "I authorize it.",
            invoice=self.invoice,
            company=self.company,
        )
        response = self._look_up()
        text = self._get_text(
            self.url_open(response.headers["Location"]), "//*[@id='o_paynow_autopay']"
        )
        self.assertRegex(text, r"will be paid automatically on [\d/]+ \(\$100\.00\)\.")
        self.assertNotIn(CARD, text)

    def test_nothing_is_there_where_the_company_switched_it_off(self):
        self.company.paynow_autopay_enabled = False
        self.authenticate("paynow_dana", "paynow_dana")
        self.assertEqual(self.url_open("/my/autopay").status_code, 404)
        self.assertEqual(self._set_all().status_code, 404)
        page = self.url_open(f"/my/invoices/{self.invoice.id}").text
        self.assertNotIn("o_paynow_autopay", page)
