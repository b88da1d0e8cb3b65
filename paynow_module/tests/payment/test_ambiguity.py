# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_books import PaynowBooksCommon


@tagged("post_install", "-at_install")
class TestAmbiguity(PaynowBooksCommon):
    """Two open invoices of one client with one number: somebody must hear of it."""

    def setUp(self):
        super().setUp()
        self.twin = self._create_bill(
            "Inv123", 50.0, journal_id=self._create_sale_journal("PRJ").id
        )
        self.twins = self.invoice | self.twin

    def _match(self):
        """Look the number up as the client."""
        return self.env["account.move"]._paynow_match(
            self.company, self.email, "Inv123"
        )

    def test_accountant_is_asked_where_nobody_sold_it(self):
        """Test that an invoice without salesperson is still somebody's."""
        self.twins.invoice_user_id = False
        self.assertFalse(self._match())
        users = self.twins.activity_ids.user_id
        self.assertEqual(users, self.company._paynow_get_administrator())
        self.assertTrue(users.has_group("account.group_account_manager"))

    def test_second_invoice_is_noted_beside_one_that_was(self):
        """Test that each of the two tells of it, whatever was done with the other."""
        self._match()
        for kept in self.twins:
            with self.subTest(kept=kept.id):
                (self.twins - kept).activity_ids.unlink()
                self._match()
                self.assertEqual(len(self._get_activities(self.invoice)), 1)
                self.assertEqual(len(self._get_activities(self.twin)), 1)
