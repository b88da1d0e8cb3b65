# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from runpy import run_path

from odoo.tests import tagged
from odoo.tools import file_path

from ..common_branch import PaynowBranchCommon


@tagged("post_install", "-at_install")
class TestBranch(PaynowBranchCommon):
    """A branch with a website of its own takes payments by its parent's provider."""

    def setUp(self):
        super().setUp()
        self.website.company_id = self.branch

    def test_payer_reads_the_receipt(self):
        """Test that who has just paid reads so, in the name of the branch."""
        tx = self._pay_branch()
        page = self.url_open(tx.landing_route)
        self.assertEqual(page.status_code, 200)
        self.assertEqual(
            self._get_text(page, "//dd[@data-name='company']"), "North Branch"
        )
        self.assertEqual(self.branch_invoice.amount_residual, 0.0)

    def test_books_are_those_of_the_provider(self):
        """Test that the platform posts as it does without us."""
        payment = self._pay_branch().payment_id
        self.assertEqual(payment.company_id, self.company)
        self.assertEqual(payment.journal_id, self.provider.journal_id)
        self.assertEqual(payment.move_id.state, "posted")

    def test_mails_come_from_the_branch(self):
        """Test the receipt, and what else is written of the payment."""
        tx = self._pay_branch()
        for name in ("receipt", "refunded", "returned", "failed"):
            template = self.env.ref(f"paynow_module.mail_template_{name}")
            mail = self.env["mail.mail"].browse(template.send_mail(tx.id))
            with self.subTest(name=name):
                self.assertIn("north.branch@example.com", mail.email_from)
                self.assertIn("North Branch", mail.subject)

    def test_accountant_of_the_branch_sees_the_payment(self):
        """Test *Payments*, as list and as form, with no right to the parent's books."""
        tx = self._pay_branch()
        Transaction = self.env["payment.transaction"].with_user(self.accountant)
        own = self.env.ref("paynow_module.payment_transaction_view_list_paynow")
        self.env.invalidate_all()
        for view_id, view in ((own.id, "list"), (None, "form")):
            models = Transaction.get_view(view_id, view)["models"]
            arch = models["payment.transaction"]
            spec = {
                name: {"fields": {"display_name": {}}}
                if Transaction._fields[name].type == "many2one"
                else {}
                for name in arch
            }
            found = Transaction.web_search_read([("is_paynow", "=", True)], spec)
            with self.subTest(view=view):
                self.assertEqual([row["id"] for row in found["records"]], tx.ids)

    def test_refund_and_activities_stay_with_the_branch(self):
        """Test that parts of a payment are of the same company."""
        tx = self._pay_branch()
        refund = tx._create_child_transaction(40.0, is_refund=True)
        self.assertEqual((tx | refund).company_id, self.branch)
        refund._set_done()
        refund._post_process()
        self.assertEqual(refund.payment_id.company_id, self.company)
        users = self.branch_invoice.activity_ids.user_id
        self.assertIn(self.branch, users.company_ids)

    def test_update_gives_earlier_payments_to_the_branch(self):
        """Test that what was paid before the update is seen by the branch, too."""
        tx = self._pay_branch()
        others = self._pay(invoice_ids=self.branch_invoice.ids, is_paynow=False)
        txs = tx | tx._create_child_transaction(40.0, is_refund=True)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET company_id = %s WHERE id IN %s",
            [self.company.id, tuple(txs.ids)],
        )
        path = file_path("paynow_module/migrations/19.0.1.1.0/post-branches.py")
        run_path(path)["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual(txs.company_id, self.branch)
        self.assertEqual(others.company_id, self.company)

    def test_declines_count_for_the_page(self):
        """Test that the safety level that rises is that of the page."""
        context = self._open_checkout(invoice="NB1")
        answer = self._post_transaction(
            self._prepare_form(context), self.branch_invoice
        )
        self._get_tx(answer.json()["result"]["reference"])._set_error("No.")
        declined = self.env["paynow.attempt"].search(
            [("kind", "=", "payment_declined")]
        )
        self.assertEqual(declined.company_id, self.branch)

    def test_payments_that_are_not_ours_stay_with_the_provider(self):
        """Test that Odoo's portal is left alone."""
        tx = self._pay(invoice_ids=self.branch_invoice.ids, is_paynow=False)
        self.assertEqual(tx.company_id, self.company)

    def test_unknown_numbers_take_as_long(self):
        """Test that a branch that uses the journals of its parent has a decoy, too."""
        decoy = self.env["account.move"].sudo()._paynow_get_decoy(self.branch)
        self.assertEqual(decoy.company_id, self.branch)

    def test_parent_has_no_page_left(self):
        """Test that the parent's invoices are not found at the branch's."""
        self.assertIn("We found no open invoice", self._get_alert(self._look_up()))
        self.assertFalse(self.invoice.paynow_url)
