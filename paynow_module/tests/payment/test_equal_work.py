# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.fields import Command
from odoo.tests import tagged

from ..common import PaynowHttpCommon


@tagged("post_install", "-at_install")
class TestEqualWork(PaynowHttpCommon):
    """A stranger with a stopwatch: see docs/security.md."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client.child_ids = [
            Command.create({"name": str(n), "email": f"{n}@blueharbor.example.com"})
            for n in range(3)
        ]
        paid = cls._create_bill("Inv200", 100.0)
        cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({}).action_create_payments()
        cls._create_bill("Inv201", 100.0, post=False)
        canceled = cls._create_bill("Inv202", 100.0)
        canceled.button_draft()
        canceled.button_cancel()
        other = cls.setup_other_company()["company"]
        elsewhere = cls.env["account.move"].with_company(other)
        elsewhere.create(
            {
                "name": "Inv203",
                "move_type": "out_invoice",
                "company_id": other.id,
                "partner_id": cls.client.id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [
                    Command.create({"name": "Help desk", "price_unit": 100.0})
                ],
            }
        ).action_post()

    def _count_queries(self, email, number):
        """Return how many queries the answer to a failed look-up takes."""
        token = self._get_csrf_token()
        data = {"csrf_token": token, "email": email, "invoice": number, "amount": "1"}
        self._reset_limits()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        response = self.url_open("/PAYNOW", data=data, allow_redirects=False)
        count = self.env.cr.sql_log_count - before
        self.assertIn("We found no open invoice", self._get_alert(response))
        return count

    def test_each_failed_lookup_asks_the_database_as_often(self):
        """Test that the number of queries tells no case from another."""
        nobody, stranger = "nobody@elsewhere.example.com", self.stranger.email
        cases = {
            "unknown address": (nobody, self.invoice.name),
            "unknown number": (self.email, "Inv999"),
            "unknown address and number": (nobody, "Inv999"),
            "wrong pair": (stranger, self.invoice.name),
            "paid": (self.email, "Inv200"),
            "draft": (self.email, "Inv201"),
            "canceled": (self.email, "Inv202"),
            "other company": (self.email, "Inv203"),
            "no address": ("not an address", self.invoice.name),
        }
        for case in cases.values():
            self._count_queries(*case)  # What is asked once and kept, is kept now.
        counts = {name: self._count_queries(*case) for name, case in cases.items()}
        self.assertEqual(len(set(counts.values())), 1, counts)
