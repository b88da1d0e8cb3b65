# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import http
from odoo.tests import freeze_time, tagged

from ..common_code import NOON
from ..common_enrol import PaynowEnrolCommon


@tagged("-at_install", "post_install")
class TestEnrolAttack(PaynowEnrolCommon):
    """What whoever wants a client to be charged, or cards to be tried out, may send."""

    def setUp(self):
        super().setUp()
        self.theirs = self._create_bill("Theirs", 50.0, partner_id=self.stranger.id)

    def _assert_not_saved(self, form, words="Nothing was saved"):
        """Assert that the route refuses, in its one shape, and writes nothing."""
        before = self._count_rows()
        response = self._save(form)
        self.assertEqual(response.status_code, 200)
        result = response.json()["result"]
        self.assertEqual(set(result), {"state", "state_message"})
        self.assertIn(words, result["state_message"])
        self.assertNotIn(self.client.name, response.text)
        self.assertEqual(self._count_rows(), before)

    # === CODE === #

    def test_stranger_s_code_opens_nothing_of_another_client(self):
        """Test that one may not prove oneself, and enrol somebody else."""
        proof = self._prove()
        self._get_enrol_code(proof)
        theirs = self._prove(self.theirs, self.stranger.email)
        digits = self._get_enrol_code(theirs)
        self._assert_refused(self._check_enrol(proof, digits))
        self._assert_expired(self.url_open("/PAYNOW/autopay"))

    def test_code_for_another_invoice_opens_nothing(self):
        proof = self._prove(self.next)
        digits = self._get_enrol_code(self._prove())
        self._assert_refused(self._check_enrol(proof, digits))

    def test_code_for_the_list_is_none_for_automatic_payment(self):
        proof = self._prove()
        digits = self._get_code(proof)
        self._assert_refused(self._check_enrol(proof, digits))
        digits = self._get_enrol_code(proof)
        self._assert_refused(self._check(proof, digits))
        self._assert_expired(self.url_open("/PAYNOW/autopay"))

    def test_sixth_try_is_refused_though_it_is_right(self):
        proof = self._prove()
        digits = self._get_enrol_code(proof)
        for _try in range(5):
            self._assert_refused(self._check_enrol(proof, self._get_wrong(digits)))
        self._assert_refused(self._check_enrol(proof, digits))
        self._assert_expired(self.url_open("/PAYNOW/autopay"))

    def test_code_works_once_and_in_its_browser_only(self):
        proof = self._prove()
        digits = self._get_enrol_code(proof)
        self._check_enrol(proof, digits)
        self._assert_refused(self._check_enrol(proof, digits))
        self.authenticate(None, None)
        self._assert_expired(self.url_open("/PAYNOW/autopay"))
        self._assert_refused(self._check_enrol(self._prove(), digits))

    def test_proof_of_another_browser_asks_for_no_code(self):
        proof = self._prove()
        self.authenticate(None, None)
        for response in (
            self.url_open(f"/PAYNOW/autopay/{proof}"),
            self._ask(proof),
            self._check_enrol(proof, "123456"),
        ):
            self._assert_expired(response)
        self.assertFalse(self._get_codes())

    def test_client_without_an_address_looks_the_same(self):
        """Test that the answer does not tell whether a code was mailed."""
        colleague = self._create_colleague()
        answers = []
        for email in (self.email, False):
            self.client.email = email
            self._forget()
            proof = self._prove(email=colleague.email)
            self.assertEqual(self._ask(proof).status_code, 303)
            page = self.url_open(f"/PAYNOW/autopay/{proof}/code")
            answers.append(self._mask(page, proof))
        self.assertEqual(*answers)

    def test_form_of_a_foreign_site_asks_for_no_code(self):
        self._ask(self._prove(), csrf_token="")
        self.assertFalse(self._get_codes())

    # === THE WAY FROM THE CODE TO THE METHOD === #

    def test_nobody_saves_without_a_code(self):
        form = self._prepare_saving({"landing_route": None, "access_token": "x"})
        self._assert_not_saved(form)

    def test_token_of_the_page_works_in_no_other_browser(self):
        self._enrol()
        form = self._prepare_saving()
        self.authenticate(None, None)
        self._assert_not_saved(form)
        self._enrol()  # Nor where the same code was typed again.
        self._assert_not_saved(form)

    def test_token_of_another_client_s_page_is_none(self):
        self._enrol(self.theirs, self.stranger.email)
        form = self._prepare_saving()
        self._enrol()
        self._assert_not_saved(form)

    def test_changed_address_ends_it(self):
        self._enrol()
        form = self._prepare_saving()
        self.client.email = "new@blueharbor.example.com"
        self._assert_not_saved(form)
        self._assert_expired(self.url_open("/PAYNOW/autopay"))

    def test_void_links_end_it(self):
        self._enrol()
        form = self._prepare_saving()
        self.client.sudo().paynow_link_key += 1
        self._assert_not_saved(form)

    def test_it_ends_after_half_an_hour(self):
        with freeze_time(NOON):
            self._enrol()
            form = self._prepare_saving()
        with freeze_time(NOON + timedelta(minutes=31)):
            self._assert_not_saved(form)

    def test_another_client_s_invoice_is_not_taken(self):
        self._enrol()
        response = self.url_open(
            "/PAYNOW/autopay/save", params={"invoice": self.theirs.id}
        )
        self.assertTrue(self._get_alert(response))

    def test_forged_forms_are_refused(self):
        """Test saved methods, of somebody else and own, and what no page sends."""
        foreign = self._create_token(partner_id=self.stranger.id)
        own = self._create_token(partner_id=self.client.id)
        other = self.provider.copy({"name": "Other", "allow_tokenization": False})
        self._enrol()
        form = self._prepare_saving()
        for changes in (
            {"token_id": foreign.id},
            {"token_id": own.id},
            {"token_id": own.id, "flow": "token"},
            {"flow": "token"},
            {"flow": "offline"},
            {"amount": 80.0},
            {"is_validation": False},
            {"tokenization_requested": False},
            {"paynow_consent": False},
            {"paynow_consent": "on"},
            {"provider_id": other.id},
            {"provider_id": True},
            {"payment_method_id": "1"},
            {"landing_route": "https://evil.example.com"},
            {"partner_id": self.stranger.id},
            {"reference_prefix": "x"},
            {"paynow_saving": {}},
            {"access_token": None},
            {"access_token": form["access_token"] + "="},
        ):
            with self.subTest(changes=changes):
                self._reset_limits()
                self._assert_not_saved({**form, **changes})

    def test_words_that_changed_are_read_again(self):
        self._enrol()
        day = str(self.today + timedelta(days=4))
        form = self._prepare_saving(self._open_save(invoice=str(self.next.id), day=day))
        self._create_bill("Credit", 30.0, move_type="out_refund")
        self._pay("done", amount=30.0, invoice_ids=[(6, 0, self.next.ids)])
        self._assert_not_saved(form)

    # === REPLAY === #

    def test_replay_after_the_choice_is_refused(self):
        self._enrol()
        form = self._prepare_saving()
        self._answer(self._begin(form))
        self._assert_not_saved(form)
        self.assertEqual(len(self._get_choices()), 1)

    def test_two_savings_make_one_choice(self):
        self._enrol()
        form = self._prepare_saving()
        first, second = self._begin(form), self._begin(form)
        self._answer(first)
        self._answer(second)
        self.assertEqual(self._get_choices().token_id, first.token_id)
        self.assertFalse(second.token_id.active)

    def test_landing_tells_other_browsers_nothing(self):
        self._enrol()
        tx = self._begin()
        self._answer(tx)
        self.authenticate(None, None)
        self._assert_expired(self.url_open(tx.landing_route))
        result = self.make_jsonrpc_request(f"{tx.landing_route}/news")
        self.assertEqual(result, {})

    def test_landing_of_a_payment_is_none_of_a_saving(self):
        paid = self._pay_online()
        token = paid.landing_route.rpartition("/")[2]
        self._assert_expired(self.url_open(f"/PAYNOW/autopay/saved/{token}"))

    # === SWITCHES === #

    def test_off_is_off(self):
        self._enrol()
        proof, form = self._prove(), self._prepare_saving()
        for name in (
            "paynow_autopay_guest",
            "paynow_autopay_enabled",
            "paynow_enabled",
        ):
            with self.subTest(name=name):
                self.company[name] = False
                for response in (
                    self.url_open(f"/PAYNOW/autopay/{proof}"),
                    self._ask(proof),
                    self._check_enrol(proof, "123456"),
                    self.url_open("/PAYNOW/autopay"),
                    self.url_open("/PAYNOW/autopay/save"),
                ):
                    self.assertEqual(response.status_code, 404)
                self.assertEqual(self._save(form).status_code, 404)
                self.company[name] = True

    def test_switched_off_while_a_method_is_saved(self):
        self._enrol()
        tx = self._begin()
        self.company.paynow_autopay_guest = False
        self._answer(tx)
        self.assertFalse(self._get_choices())
        self.assertFalse(tx.token_id.active)

    # === CARD TESTING === #

    def test_declines_close_it(self):
        self._enrol()
        for _try in range(5):
            self._answer(self._begin(), "error")
        declined = self._get_attempts("payment_declined")
        self.assertEqual(len(declined), 5)
        self.assertEqual(declined.mapped("ip"), ["127.0.0.1"] * 5)
        before = self._count_rows()
        self.assertEqual(self._save(self._prepare_saving()).status_code, 429)
        self.assertEqual(self._count_rows(), before)

    def test_tries_close_it(self):
        self._enrol()
        for _try in range(10):
            self._begin()
        self.assertEqual(self._save(self._prepare_saving()).status_code, 429)

    def test_declined_payments_close_it_too(self):
        self._enrol()
        self._record("payment_declined", 5, ip="127.0.0.1")
        self.assertEqual(self._save(self._prepare_saving()).status_code, 429)

    def test_refusals_are_counted(self):
        self._enrol()
        self._assert_not_saved(self._prepare_saving(paynow_consent=False))
        self.assertEqual(len(self._get_attempts("payment_refused")), 1)

    def test_failed_captcha_saves_nothing(self):
        self._enrol()
        form = self._prepare_saving()
        with self._patch_captcha(is_passed=False) as actions:
            self._assert_not_saved(form, "Are you a robot?")
        self.assertEqual(actions, ["paynow_payment"])

    def test_session_keeps_no_secret_in_clear(self):
        self._enrol()
        kept = http.root.session_store.get(self.session.sid)["paynow_enrolment"]
        self.assertNotIn(self.email, kept)
