# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged

from ...models.autopay import payment_transaction_run
from ..common_autopay import PaynowAutopayCommon

MAIN, HELPER = "paynow_module.ir_cron_autopay", "paynow_module.ir_cron_autopay_help"


@tagged("post_install", "-at_install")
class TestAutopayHelp(PaynowAutopayCommon):
    """The second worker that helps where many invoices are due on one day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(payment_transaction_run, "HELP_FROM", 3)

    def setUp(self):
        super().setUp()
        self._choose()
        self.bills = self.env["account.move"].union(
            *(self._bill(f"Help{number}") for number in range(3))
        )

    def _run_helper(self):
        with self._provider("done"), self._on(0):
            self._run_cron(HELPER)
        self.env.invalidate_all()

    def _count_calls(self):
        """Return how often the helper is called."""
        cron = self.env.ref(HELPER)
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def test_helper_pays_from_the_other_end(self):
        paid = []
        Transaction = self.env.registry["payment.transaction"]
        with patch.object(
            Transaction, "_paynow_autopay_pay", lambda _self, id_: paid.append(id_)
        ):
            self._run_helper()
        self.assertEqual(set(paid), set(self.bills.ids))
        self.assertEqual(paid, self.bills.ids, "Those of one client in their order.")

    def test_what_both_come_to_is_paid_once(self):
        self._run_helper()
        self._run()
        self._run_helper()
        self.assertEqual(self.bills.transaction_ids.mapped("state"), ["done"] * 3)
        self.assertEqual(sum(self.bills.mapped("amount_residual")), 0)

    def test_what_the_other_worker_was_just_at_is_posted_at_once(self):
        Transaction, met = self.env.registry["payment.transaction"], []
        post = Transaction._post_process

        def _post_process(txs):
            if txs and txs not in met:
                met.append(txs)
                raise SerializationFailure("could not serialize access")
            return post(txs)

        with patch.object(Transaction, "_post_process", _post_process):
            self._run()
        self.assertEqual(len(met), 3)
        self.assertTrue(all(self.bills.transaction_ids.mapped("is_post_processed")))
        self.assertEqual(sum(self.bills.mapped("amount_residual")), 0)
        self.assertFalse(any(self.bills.transaction_ids.mapped("paynow_problem")))

    def test_helper_is_called_where_many_are_due(self):
        before = self._count_calls()
        self._run()
        self.assertEqual(self._count_calls(), before + 1)
        self._run()  # Nothing is due any more.
        self.assertEqual(self._count_calls(), before + 1)

    def test_scheduler_is_called_for_what_is_left_and_only_then(self):
        main, called = self.env.ref(MAIN), []
        progress = self.env["ir.cron.progress"].create({"cron_id": main.id})

        def _commit_progress(_cron, processed=0, *, remaining=None):
            left = progress.remaining - processed
            progress.remaining = left if remaining is None else remaining
            return 0 if processed else 1  # The time is over after the first invoice.

        Cron, Transaction = (
            self.env.registry[name] for name in ("ir.cron", "payment.transaction")
        )
        run = self.env["payment.transaction"].with_context(
            ir_cron_progress_id=progress.id
        )
        with (
            # Whatever is tried stays due, as with a provider that doesn't answer.
            patch.object(Transaction, "_paynow_autopay_pay", lambda _tx, _id: None),
            patch.object(Cron, "_commit_progress", _commit_progress),
            patch.object(Cron, "_trigger", lambda cron, at=None: called.append(cron)),
            self._on(0),
        ):
            run._cron_paynow_autopay()
            self.assertIn(main, called)
            called.clear()
            self.bills[1:].paynow_autopay_date = False
            run._cron_paynow_autopay()
            self.assertNotIn(main, called)

    def test_few_are_left_to_the_first_worker(self):
        self.bills[0].paynow_autopay_date = False
        before = self._count_calls()
        self._run_helper()
        self.assertFalse(self.bills.transaction_ids)
        self._run()
        self.assertEqual(self._count_calls(), before)
        self.assertEqual(len(self.bills.transaction_ids), 2)

    def test_helper_charges_nobody_where_the_first_one_is_off(self):
        self.env.ref(MAIN).active = False
        self._run_helper()
        self.assertFalse(self.bills.transaction_ids)

    def test_all_are_paid_without_the_helper(self):
        self.env.ref(HELPER).unlink()
        self._run()
        self.assertEqual(self.bills.transaction_ids.mapped("state"), ["done"] * 3)

    def test_clients_who_come_last_are_the_first(self):
        other = self.client.copy({"name": "Other", "email": "other@example.com"})
        paid = []
        Transaction = self.env.registry["payment.transaction"]
        bill = self._create_bill("Help9", 10.0, partner_id=other.id)
        bill.paynow_autopay_date = self.today
        with patch.object(
            Transaction, "_paynow_autopay_pay", lambda _self, id_: paid.append(id_)
        ):
            self._run_helper()
        self.assertEqual(paid, [bill.id, *self.bills.ids])
