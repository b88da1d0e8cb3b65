# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import PaynowHttpCommon


@tagged("post_install", "-at_install")
class TestGuard(PaynowHttpCommon):
    """What is posted straight to the transaction route, past the page."""

    def _count_transactions(self):
        return self.env["payment.transaction"].search_count([])

    def _assert_refused(self, form, is_failure=False, **kwargs):
        """Assert the one shape of a refusal, which leaves no transaction behind.

        :param dict|str form: What is posted; a text is posted as it is.
        :param bool is_failure: Whether an error of the server may be behind it.
        :return: What the payer reads.
        :rtype: str
        """
        before = self._count_transactions()
        if isinstance(form, str):
            self._reset_limits()
            with mute_logger("odoo.http"):
                response = self.url_open(
                    f"/PAYNOW/transaction/{self.invoice.id}",
                    data=form,
                    headers={"Content-Type": "application/json"},
                )
        else:
            response = self._post_transaction(form, **kwargs)
        self.assertEqual(response.status_code, 200)
        answer = response.json()
        self.assertEqual(set(answer), {"jsonrpc", "id", "result"}, answer)
        self.assertEqual(set(answer["result"]), {"state", "state_message"})
        self.assertEqual(answer["result"]["state"], "error")
        self.assertTrue(answer["result"]["state_message"])
        if not is_failure:
            self.assertNotIn("on our side", answer["result"]["state_message"])
        for word in ("Traceback", "debug", "odoo.", "Error", self.client.name):
            self.assertNotIn(word, response.text)
        self.assertEqual(self._count_transactions(), before)
        return answer["result"]["state_message"]

    def _create_provider(self, **values):
        """Create another provider that would do, but for the given values."""
        return self.provider.copy({"name": "Other", "is_published": True, **values})

    # === FORGED VALUES === #

    def test_honest_form_is_accepted(self):
        """Test that what the page sends makes a transaction: refusals rest on it."""
        response = self._post_transaction(self._prepare_form())
        tx = self.invoice.transaction_ids
        self.assertEqual(len(tx), 1)
        self.assertEqual(response.json()["result"]["reference"], tx.reference)

    def test_forged_amounts_are_refused(self):
        """Test that only the amount of the page can be paid."""
        form = self._prepare_form(self._open_checkout("60"))
        for amount in (
            100.01, 100.0, 60.01, 59.99, 60.000001, -60.0, -0.01, 0, 0.0, True, False,
            None, "", "60", "60.0", "1e5", "abc", "NaN", 1e17, 10**30, [60.0], [],
            {"amount": 60.0}, {},
        ):  # fmt: skip
            with self.subTest(amount=amount):
                self._assert_refused({**form, "amount": amount})

    def test_amounts_that_only_equal_the_amount_are_refused(self):
        """Test that what Python takes for one is not taken for a dollar."""
        form = self._prepare_form(self._open_checkout("1"))
        for amount in (True, "1", "1.0", [1]):
            with self.subTest(amount=amount):
                self._assert_refused({**form, "amount": amount})

    def test_numbers_that_are_none_are_refused(self):
        """Test that `NaN` and infinity, which Python's JSON takes, are refused."""
        form = self._prepare_form()
        for number in ("NaN", "Infinity", "-Infinity", "1e400"):
            with self.subTest(number=number):
                body = json.dumps(
                    {"jsonrpc": "2.0", "id": 0, "params": {**form, "amount": "NUMBER"}}
                )
                self._assert_refused(body.replace('"NUMBER"', number))

    def test_missing_values_are_refused(self):
        """Test that nothing is guessed for what the client left out."""
        form = self._prepare_form()
        for name in (
            "provider_id", "payment_method_id", "amount", "flow", "access_token",
        ):  # fmt: skip
            with self.subTest(name=name):
                self._assert_refused({k: v for k, v in form.items() if k != name})

    def test_forged_providers_are_refused(self):
        """Test that only a provider that the page offered can be used."""
        form = self._prepare_form()
        other_company = self.setup_other_company()["company"]
        foreign_provider = self._create_provider()
        foreign_provider.company_id = other_company
        foreign_provider.state = "test"
        for provider_id in (
            foreign_provider.id,
            self._create_provider(state="disabled").id,
            self._create_provider(state="test", is_published=False).id,
            self._create_provider(
                state="test", available_country_ids=self.country_france.ids
            ).id,
            0, -1, 2**31 - 1, 2**70, None, True, "", str(self.provider.id), 1.5,
            [self.provider.id], {}, float(self.provider.id),
        ):  # fmt: skip
            with self.subTest(provider_id=provider_id):
                self._assert_refused({**form, "provider_id": provider_id})

    def test_forged_payment_methods_are_refused(self):
        """Test that only a method that the page offered with the provider works."""
        form = self._prepare_form()
        other_provider = self._create_provider(state="test")
        unused, archived, of_other_provider = (
            self.payment_method.copy(
                {
                    "code": code,
                    "active": active,
                    "provider_ids": [Command.set(providers.ids)],
                }
            )
            for code, active, providers in (
                ("unused", True, self.provider.browse()),
                ("archived", False, self.provider),
                ("of_other_provider", True, other_provider),
            )
        )
        for method_id in (
            unused.id, archived.id, of_other_provider.id, 0, -1, 2**70, None, True,
            str(self.payment_method_id), [self.payment_method_id],
        ):  # fmt: skip
            with self.subTest(payment_method_id=method_id):
                self._assert_refused({**form, "payment_method_id": method_id})

    def test_saved_methods_are_refused(self):
        """Test that nobody can pay with a method that a client has saved."""
        token = self._create_token()
        form = self._prepare_form()
        for changes in (
            {"flow": "token", "token_id": token.id},
            {"flow": "token", "token_id": token.id, "payment_method_id": None},
            {"flow": "direct", "token_id": token.id},
            {"flow": "redirect", "token_id": str(token.id)},
            {"flow": "token"},
            {"token_id": 0},
            {"token_id": False},
        ):
            with self.subTest(changes=changes):
                self._assert_refused({**form, **changes})

    def test_forged_flows_and_switches_are_refused(self):
        """Test that the client can't have the method stored or nothing charged."""
        form = self._prepare_form()
        for changes in (
            {"flow": None},
            {"flow": "offline"},
            {"flow": "validation"},
            {"flow": ["direct"]},
            {"flow": {}},
            {"tokenization_requested": True},
            {"tokenization_requested": "false"},
            {"tokenization_requested": 1},
            {"is_validation": True},
            {"is_validation": "x"},
            {"is_validation": True, "amount": 0},
        ):
            with self.subTest(changes=changes):
                self._assert_refused({**form, **changes})

    def test_foreign_landing_routes_are_refused(self):
        """Test that nobody can be led elsewhere after paying."""
        form = self._prepare_form()
        for landing_route in (
            "https://evil.example/", "//evil.example", "javascript:alert(1)", "/my", "",
            "/PAYNOW/receipt/../../evil", "/PAYNOW/receipt@evil.example", True, 1, [],
            {},
        ):  # fmt: skip
            with self.subTest(landing_route=landing_route):
                self._assert_refused({**form, "landing_route": landing_route})

    def test_further_values_are_refused(self):
        """Test that no value of the transaction can be set from outside."""
        form = self._prepare_form()
        for name, value in (
            ("partner_id", self.stranger.id),
            ("currency_id", self.currency_euro.id),
            ("reference_prefix", "EVIL"),
            ("name_next_installment", "EVIL"),
            ("custom_create_values", {"state": "done"}),
            ("state", "done"),
            ("own_tx", 1),
            ("website", 1),
        ):
            with self.subTest(name=name):
                self._assert_refused({**form, name: value})

    def test_invoice_named_in_the_form_changes_nothing(self):
        """Test that the invoice of the address is paid, whatever the form names."""
        other_invoice = self._create_bill("Inv402", 100.0)
        self._post_transaction(self._prepare_form(invoice_id=other_invoice.id))
        self.assertTrue(self.invoice.transaction_ids)
        self.assertFalse(other_invoice.transaction_ids)

    def test_requests_without_a_form_are_refused(self):
        """Test that a body of any shape gets the same answer."""
        for body in (
            '{"jsonrpc": "2.0", "id": 0}',
            '{"jsonrpc": "2.0", "id": 0, "params": {}}',
            '{"jsonrpc": "2.0", "id": 0, "params": []}',
            '{"jsonrpc": "2.0", "id": 0, "params": [1]}',
            '{"jsonrpc": "2.0", "id": 0, "params": null}',
            '{"jsonrpc": "2.0", "id": 0, "params": "x"}',
            '{"jsonrpc": "2.0", "id": 0, "params": {"self": 1}}',
        ):
            with self.subTest(body=body):
                self._assert_refused(body, is_failure=True)  # Odoo's, before our code.

    def test_what_is_no_json_shows_no_traceback(self):
        """Test that a broken body is answered without a word of our code."""
        for body in ("", "{", "[]", "null", "1", '"x"', "\xff", '{"params": '):
            with self.subTest(body=body), mute_logger("odoo.http"):
                response = self.url_open(
                    f"/PAYNOW/transaction/{self.invoice.id}",
                    data=body.encode("latin-1"),
                    headers={"Content-Type": "application/json"},
                    method="POST",
                )
                self.assertNotIn("Traceback", response.text)
                self.assertNotIn('"debug"', response.text)
        self.assertFalse(self.invoice.transaction_ids)

    def test_other_content_types_are_refused(self):
        """Test that a form on a foreign site can't start a payment."""
        body = json.dumps({"params": self._prepare_form()})
        for content_type in ("text/plain", "application/x-www-form-urlencoded"):
            with self.subTest(content_type=content_type), mute_logger("odoo.http"):
                response = self.url_open(
                    f"/PAYNOW/transaction/{self.invoice.id}",
                    data=body,
                    headers={"Content-Type": content_type},
                )
                self.assertEqual(response.status_code, 415)
        self.assertFalse(self.invoice.transaction_ids)

    # === FORGED PROOFS === #

    def test_forged_proofs_are_refused(self):
        """Test that nothing but the proof of the page opens the way to a payment."""
        form = self._prepare_form()
        proof = form["access_token"]
        for access_token in (
            None, "", "x", proof[:-4], proof + "AAAA", proof[:-12] + "A" * 12,
            proof.swapcase(), [proof], {"proof": proof}, True, 1, "A" * 5000, "ÿ",
            self.invoice._portal_ensure_token(),
            self._pay("draft", amount=1.0)._paynow_get_receipt_route().split("/")[-1],
        ):  # fmt: skip
            with self.subTest(access_token=str(access_token)[:20]):
                self._assert_refused({**form, "access_token": access_token})

    def test_expired_proof_is_refused(self):
        """Test that a page left open for more than half an hour can't pay."""
        form = self._prepare_form()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=31)):
            message = self._assert_refused(form)
        self.assertIn("open for too long", message)

    def test_proof_of_another_invoice_is_refused(self):
        """Test that each proof pays its own invoice only."""
        other_invoice = self._create_bill("Inv400", 100.0)
        form = self._prepare_form()
        self._assert_refused(form, invoice=other_invoice)
        other_form = self._prepare_form(self._open_checkout(invoice="Inv400"))
        self._assert_refused(other_form, invoice=self.invoice)

    def test_invoices_that_do_not_exist_are_refused(self):
        """Test that no answer tells which invoices exist."""
        form = self._prepare_form()
        other_invoice = self._create_bill("Inv401", 100.0)
        messages = {
            self._assert_refused(form, route=f"/PAYNOW/transaction/{invoice_id}")
            for invoice_id in (0, other_invoice.id, 2**31 - 1)
        }
        self.assertEqual(len(messages), 1)

    def test_invoice_numbers_beyond_the_database_are_no_error(self):
        """Test that an impossible invoice gives no traceback."""
        form = self._prepare_form()
        for invoice_id in (2**31, 2**70):
            with self.subTest(invoice_id=invoice_id):
                route = f"/PAYNOW/transaction/{invoice_id}"
                response = self._post_transaction(form, route=route)
                self.assertIn(response.status_code, (200, 404))
                self.assertNotIn("Traceback", response.text)
        self.assertFalse(self.invoice.transaction_ids)

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
        cancelled = self._create_bill("Inv411", 100.0)
        cancelled.button_cancel()
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
        for invoice in draft | cancelled | paid | credit_note | bill | reset | entry:
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
        form = self._prepare_form()
        self.authenticate(None, None)
        other_form = self._prepare_form()
        self.assertEqual(
            self._post_transaction(form).json()["result"]["state"], "draft"
        )
        self.authenticate(None, None)
        self.assertIn("being processed", self._assert_refused(other_form))
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

    # === FORCED VALUES === #

    def test_transaction_carries_what_the_server_decided(self):
        """Test that partner, money, landing route and storing are not the client's."""
        self.authenticate(
            "portal_user", "portal_user"
        )  # Someone who pays for a client.
        tx = self._pay_online("60")
        self.assertRecordValues(
            tx,
            [
                {
                    "partner_id": self.client.id,
                    "amount": 60.0,
                    "currency_id": self.currency.id,
                    "company_id": self.company.id,
                    "provider_id": self.provider.id,
                    "payment_method_id": self.payment_method_id,
                    "operation": "online_direct",
                    "tokenize": False,
                    "token_id": False,
                    "invoice_ids": self.invoice.ids,
                    "is_paynow": True,
                    "paynow_email": self.email,
                    "state": "draft",
                }
            ],
        )
        self.assertTrue(tx.reference.startswith("Inv123"))
        self.assertTrue(tx.landing_route.startswith("/PAYNOW/receipt/"))

    def test_failure_of_the_server_is_answered_like_a_refusal(self):
        """Test that an error in a provider shows no traceback and leaves no row."""
        form = self._prepare_form(flow="redirect")
        self.provider.redirect_form_view_id.arch = '<form t-att-action="1 / 0"/>'
        with mute_logger("odoo.addons.base.models.ir_qweb"):
            message = self._assert_refused(form, is_failure=True)
        self.assertIn("nothing was paid", message)
