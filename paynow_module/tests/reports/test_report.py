# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import os
import random
from collections import Counter
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..common_attempts import PaynowAttemptCommon
from ..common_books import PaynowBooksCommon

ATTEMPTS = int(os.environ.get("REPORT_ATTEMPTS", "500"))
ENDS = {
    "done": "5_paid",
    "pending": "6_under_way",
    "authorized": "6_under_way",
    "error": "7_declined",
    "cancel": "7_declined",
    "draft": "8_left",
}


@tagged("post_install", "-at_install")
class TestReport(PaynowBooksCommon, PaynowAttemptCommon):
    """What the Pay Now menu shows, against what was written down."""

    def _get_funnel(self, *groups, user=None, domain=()):
        """Return the counts of the funnel, as a list or graph asks for them.

        :rtype: dict
        """
        rows = (
            self.env["paynow.funnel"]
            .with_user(user or self.accountant)
            ._read_group(
                [("company_id", "=", self.company.id), *domain],
                groups or ["stage"],
                ["__count"],
            )
        )
        return {key[0] if len(groups) < 2 else tuple(key): n for *key, n in rows}

    def _assert_falls(self, stages):
        """Assert that no step was reached by more than the one before."""
        counts = [
            stages.get(stage, 0)
            for stage in ("1_looked_up", "2_matched", "3_chosen", "4_confirmed")
        ]
        self.assertEqual(counts, sorted(counts, reverse=True))

    # === FUNNEL === #

    def test_one_payer_is_followed_from_the_look_up_to_the_payment(self):
        """Test that each step of one payment is a row, with where they came from."""
        self.url_open(f"/PAYNOW?link={self._get_link_token()}")
        response = self._try()
        proof = response.headers["Location"].rpartition("/")[2]
        form = self._prepare_form(
            self._get_payment_context(self.url_open(response.headers["Location"]))
        )
        for _time in range(2):  # Going back and choosing again counts once.
            self.make_jsonrpc_request(
                f"/PAYNOW/chosen/{self.invoice.id}", {"access_token": proof}
            )
        tx = self._get_tx(self._post_form(form)["reference"])
        self.assertEqual(tx.paynow_source, "mail")
        stages = ["1_looked_up", "2_matched", "3_chosen", "4_confirmed"]
        self.env.flush_all()
        self.assertEqual(
            self._get_funnel("stage", "source"),
            {(stage, "mail"): 1 for stage in [*stages, "8_left"]},
        )
        tx._set_done()
        self.env.flush_all()
        self.assertEqual(
            self._get_funnel("stage", "source"),
            {(stage, "mail"): 1 for stage in [*stages, "5_paid"]},
        )

    def test_each_step_counts_those_who_skipped_the_one_before(self):
        """Test three tries after one look-up, and one by a proof alone."""
        visitor = {"invoice_id": self.invoice.id, "ip": "198.51.100.1"}
        stranger = {"invoice_id": self.invoice.id, "ip": "198.51.100.2"}
        self._record("lookup_failed", 2, ip="198.51.100.3")
        self._record("lookup_matched", 1, **visitor)
        self._record("method_chosen", 1, **visitor)
        for state in ("error", "error", "done"):
            tx = self._pay(state)
            self._record("payment_started", 1, transaction_id=tx.id, **visitor)
        self._record("payment_started", 1, **stranger)
        self.env.flush_all()
        stages = self._get_funnel()
        self.assertEqual(
            stages,
            {
                "1_looked_up": 6,
                "2_matched": 4,
                "3_chosen": 4,
                "4_confirmed": 4,
                "5_paid": 1,
                "7_declined": 2,
                "8_left": 1,
            },
        )

    def test_later_choice_of_another_visitor_counts_for_themselves(self):
        """Test that who looked up and left is not who came by another way."""
        visitor = {"invoice_id": self.invoice.id, "ip": "198.51.100.1"}
        self._record("method_chosen", 1, **visitor)
        self._record("lookup_matched", 1, **visitor)
        self._record("payment_started", 1, source="mail", **visitor)
        self.env.flush_all()
        self.assertEqual(
            self._get_funnel("stage", "source"),
            {
                ("1_looked_up", "page"): 2,
                ("2_matched", "page"): 2,
                ("3_chosen", "page"): 1,
                **{
                    (stage, "mail"): 1
                    for stage in (
                        "1_looked_up",
                        "2_matched",
                        "3_chosen",
                        "4_confirmed",
                        "8_left",
                    )
                },
            },
        )

    def test_ends_tell_returned_and_replaced_from_declined(self):
        returned, replaced = self._pay_by_bank(), self._pay("draft")
        returned._paynow_mark_returned("R01", self.company._paynow_get_today())
        replaced._paynow_replace(self._pay("draft"))
        for tx in (returned, replaced):
            self._record("payment_started", 1, transaction_id=tx.id)
        self.env.flush_all()
        stages = self._get_funnel()
        self.assertEqual((stages["8_left"], stages["9_returned"]), (1, 1))
        self.assertNotIn("7_declined", stages)

    def test_a_choice_without_a_proof_is_not_noted(self):
        """Test that a stranger can't fill the list, nor learn anything."""
        proof = self.invoice._paynow_sign(100.0, self.email)
        other = self._create_bill("Inv150", 50.0)
        answers = [
            self.make_jsonrpc_request(route, {"access_token": token})
            for route, token in (
                (f"/PAYNOW/chosen/{self.invoice.id}", "forged"),
                (f"/PAYNOW/chosen/{self.invoice.id}", None),
                (f"/PAYNOW/chosen/{other.id}", proof),
                ("/PAYNOW/chosen/2147483647", proof),
                (f"/PAYNOW/chosen/{self.invoice.id}", proof),
            )
        ]
        self.assertEqual(answers, [None] * 5)
        self.assertEqual(self._get_attempts("method_chosen").invoice_id, self.invoice)

    def test_pay_now_off_notes_no_choice(self):
        """Test that the route is not there, like the others."""
        proof = self.invoice._paynow_sign(100.0, self.email)
        self.company.paynow_enabled = False
        answer = self.url_open(
            f"/PAYNOW/chosen/{self.invoice.id}",
            json={"jsonrpc": "2.0", "params": {"access_token": proof}},
        )
        self.assertEqual(answer.status_code, 404)

    def test_totals_are_those_of_the_raw_rows(self):
        """Test that funnel and payments add up to what was written, by any group."""
        raw = self._generate(ATTEMPTS)
        funnel = self._get_funnel("stage", "source")
        expected = Counter()
        matched, chosen = Counter(), Counter()  # By visitor, as far as none followed.
        for kind, source, state, *visitor in raw:
            visitor = (source, *visitor)
            reached = []
            if kind in ("lookup_failed", "lookup_matched"):
                reached = ["1_looked_up"]
            if kind == "lookup_matched":
                reached.append("2_matched")
                matched[visitor] += 1
            if kind == "payment_started":
                reached += ["4_confirmed", ENDS[state]]
                chosen[visitor] -= 1
            if kind == "method_chosen" or chosen[visitor] < 0:
                reached.append("3_chosen")
                chosen[visitor] += 1
                matched[visitor] -= 1
            if matched[visitor] < 0:
                reached += ["1_looked_up", "2_matched"]
                matched[visitor] = 0
            expected.update((stage, source) for stage in reached)
        self.assertEqual(funnel, dict(expected))
        stages = self._get_funnel()
        # And from the table itself, in another way.
        self.env.cr.execute(
            "SELECT count(*) FROM paynow_attempt WHERE company_id = %s"
            " AND kind = 'payment_started'",
            (self.company.id,),
        )
        self.assertEqual(stages["4_confirmed"], self.env.cr.fetchone()[0])
        self._assert_falls(stages)
        ends = ("5_paid", "6_under_way", "7_declined", "8_left")
        self.assertEqual(sum(stages.get(end, 0) for end in ends), stages["4_confirmed"])
        days = self._get_funnel("date:day")
        self.assertEqual(sum(days.values()), sum(stages.values()))
        self._check_payments()

    def _generate(self, number):
        """Write attempts of a month at random, always the same ones.

        :return: Kind, source, state of the transaction, address and invoice of each.
        :rtype: list[tuple]
        """
        dice = random.Random(19)
        kinds = (
            ["lookup_failed"] * 20 + ["lookup_matched"] * 40 + ["method_chosen"] * 22
            + ["payment_started"] * 15 + ["payment_refused", "link_requested"]
        )  # fmt: skip
        now = fields.Datetime.now()
        self.provider.support_manual_capture = "partial"  # For authorized ones.
        raw, values, dates = [], [], []
        for count in range(number):
            kind, state = dice.choice(kinds), None
            source = dice.choice(("page", "page", "mail"))
            tx = self.env["payment.transaction"]
            if kind == "payment_started":
                state = dice.choice(list(ENDS) + ["done"] * 6)
                tx = self._create_transaction(
                    "direct",
                    reference=f"PN-{count}",
                    amount=dice.randint(100, 99_999) / 100,
                    invoice_ids=[(6, 0, self.invoice.ids)],
                    is_paynow=True,
                    paynow_source=source,
                    state=state,
                    last_state_change=now - timedelta(hours=dice.randint(0, 700)),
                )
            ip = f"198.51.100.{dice.randint(1, 9)}"
            invoice = kind != "lookup_failed" and self.invoice.id
            raw.append((kind, source, state, ip, invoice))
            dates.append(now - timedelta(hours=dice.randint(0, 700)))
            values.append(
                {
                    "company_id": self.company.id,
                    "kind": kind,
                    "source": source,
                    "ip": ip,
                    "invoice_id": invoice,
                    "transaction_id": tx.id,
                }
            )
        attempts = self.env["paynow.attempt"].sudo().create(values)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE paynow_attempt SET create_date = new.date"
            " FROM unnest(%s, %s) AS new (id, date) WHERE new.id = paynow_attempt.id",
            (attempts.ids, dates),
        )
        self.env.invalidate_all()
        return raw

    def _check_payments(self):
        """Check the list of payments against SQL: by method, day and source."""
        action = self.env.ref("paynow_module.payment_transaction_action_paynow").sudo()
        domain = safe_eval(action.domain)
        self.assertIn(("is_paynow", "=", True), domain)
        for group, column in (
            ("paynow_source", SQL("paynow_source")),
            ("last_state_change:day", SQL("last_state_change::date")),
            ("payment_method_id", SQL("payment_method_id")),
        ):
            with self.subTest(group=group):
                rows = (
                    self.env["payment.transaction"]
                    .with_user(self.accountant)
                    .with_context(tz="UTC")
                    ._read_group(
                        [*domain, ("state", "=", "done"),
                         ("company_id", "=", self.company.id)],
                        [group],
                        ["paynow_company_amount:sum", "__count"],
                    )
                )  # fmt: skip
                self.env.cr.execute(
                    SQL(
                        "SELECT %s, SUM(amount), COUNT(*) FROM payment_transaction"
                        " WHERE is_paynow AND state = 'done' AND company_id = %s"
                        " GROUP BY 1",
                        column,
                        self.company.id,
                    )
                )
                raw = sorted(
                    (round(float(amount), 2), count)
                    for _key, amount, count in self.env.cr.fetchall()
                )
                self.assertEqual(
                    sorted((round(amount, 2), count) for _key, amount, count in rows),
                    raw,
                )

    def test_payments_in_other_currencies_add_up_in_that_of_the_company(self):
        """Test that euros are not summed up as if they were dollars."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": fields.Date.today() - timedelta(days=1),
                "rate": 0.5,
            }
        )
        tx = self._pay(currency_id=euro.id, amount=10.0)
        self.assertEqual(tx.paynow_company_amount, 20.0)
        self.assertEqual(tx.paynow_company_currency_id, self.company.currency_id)

    # === ACCESS === #

    def test_only_accountants_of_the_company_see_it(self):
        """Test that others see neither the funnel nor the days."""
        self._record("lookup_matched", 1)
        other = self.env["res.company"].create({"name": "Fern & Co"})
        stranger = self._create_user("fern", "account.group_account_manager", other)
        self.assertFalse(self._get_funnel(user=stranger))
        for model in ("paynow.funnel", "paynow.days"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.clerk).search([])
