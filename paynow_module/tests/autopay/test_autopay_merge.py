# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayMerge(PaynowAutopayCommon):
    """Clients who pay automatically are merged by the platform's means, or archived."""

    def setUp(self):
        super().setUp()
        self.mine = self._choose()
        self.other = self.client.copy(
            {"name": "The same", "email": "other@client.example.com"}
        )

    def _choose_there(self):
        """Have the other client choose, too, with a method of their own."""
        token = self._create_token(
            partner_id=self.other.id, payment_details="1881", active=True
        )
        return self.env["paynow.autopay"]._choose(
            self.other, token, "192.0.2.8", "I authorize it.", company=self.company
        )

    def _merge(self, kept):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.client + self.other).ids, kept
        )
        self.env.invalidate_all()

    def test_the_choice_of_the_one_who_stays_is_kept(self):
        theirs = self._choose_there()
        late = self._bill("Two", partner_id=self.other.id, due=2)
        self.assertEqual(late.paynow_autopay_id, theirs)
        self._merge(kept=self.client)
        self.assertEqual((self.mine.active, theirs.active), (True, False))
        self.assertEqual((self.mine + theirs).partner_id, self.client)
        self.assertEqual(late.paynow_autopay_reason, "staff")
        self._run(days=3)
        self.assertFalse(self.charges, "What its client chose has ended.")

    def test_who_loses_a_choice_is_told(self):
        self._choose_there()
        self._merge(kept=self.client)
        mails = self.env["mail.mail"].sudo().search([("email_to", "ilike", "other@")])
        self.assertIn("Automatic payment is off", " ".join(mails.mapped("subject")))

    def test_the_only_choice_goes_along(self):
        self._merge(kept=self.other)
        self.assertTrue(self.mine.active)
        self.assertEqual(self.mine.partner_id, self.other)
        bill = self._bill("Three", partner_id=self.other.id, due=1)
        self.assertEqual(bill.paynow_autopay_id, self.mine)

    def test_the_newest_is_kept_where_the_one_who_stays_has_none(self):
        theirs = self._choose_there()
        third = self.client.copy({"name": "The same, too"})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.client + self.other + third).ids, third
        )
        self.env.invalidate_all()
        self.assertEqual((self.mine.active, theirs.active), (False, True))
        self.assertEqual(theirs.partner_id, third)

    def test_who_becomes_a_contact_of_another_company_loses_the_choice(self):
        """Test that it can be seen and ended by nobody there, so it ends."""
        contact = self.env["res.partner"].create(
            {"name": "Desk", "parent_id": self.other.id}
        )
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.client + contact).ids, contact
        )
        self.env.invalidate_all()
        self.assertEqual(self.mine.partner_id, contact)
        self.assertFalse(self.mine.active)

    def test_a_method_that_goes_to_another_client_pays_for_nobody(self):
        """Test the saved method of a contact who is merged into a stranger."""
        mine, theirs = self.env["res.partner"].create(
            [
                {"name": "John", "parent_id": self.client.id},
                {"name": "Jane", "parent_id": self.other.id},
            ]
        )
        self.token.partner_id = mine
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (mine + theirs).ids, theirs
        )
        self.env.invalidate_all()
        self.assertEqual(self.mine.partner_id, self.client)
        self.assertFalse(self.mine.active)

    def test_an_archived_client_is_not_charged(self):
        bill = self._bill("Four")
        self.client.action_archive()
        self.env.invalidate_all()
        self.assertFalse(bill._paynow_get_autopay_date())
        self.assertIn("archived", bill.paynow_autopay_stop)
        self._run()
        self.assertFalse(self.charges)
        self.client.action_unarchive()
        self._run(days=1)
        self.assertEqual(len(self.charges), 1)
