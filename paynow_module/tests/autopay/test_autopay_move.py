# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_autopay import PaynowAutopayCommon


@tagged("-at_install", "post_install")
class TestAutopayMove(PaynowAutopayCommon):
    """A client who pays automatically is moved below another company, or split."""

    def setUp(self):
        super().setUp()
        self.parent = self.client.copy(
            {"name": "The parent", "email": "parent@client.example.com"}
        )

    def _move(self, partner, **values):
        partner.write(values)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_the_choice_of_all_invoices_does_not_grow_to_the_parents(self):
        choice, bill = self._choose(), self._bill("One")
        self.assertEqual(bill.paynow_autopay_id, choice)
        self._move(self.client, parent_id=self.parent.id, is_company=False)
        self.assertEqual(bill.commercial_partner_id, self.parent)
        self.assertFalse(choice.active)
        self.assertEqual(bill.paynow_autopay_reason, "staff")
        self._run()
        self.assertFalse(self.charges)

    def test_who_made_it_is_told(self):
        self._choose()
        self._move(self.client, parent_id=self.parent.id, is_company=False)
        mails = self.env["mail.mail"].sudo().search([("email_to", "=", self.email)])
        self.assertIn("Automatic payment is off", " ".join(mails.mapped("subject")))

    def test_the_choice_of_one_invoice_goes_along(self):
        bill = self._bill("One")
        choice = self._choose(invoice=bill)
        self._move(self.client, parent_id=self.parent.id, is_company=False)
        self.assertTrue(choice.active)
        self.assertEqual(choice.partner_id, self.parent)
        self._run()
        self.assertEqual(len(self.charges), 1)
        self.assertEqual(bill.payment_state, bill._get_invoice_in_payment_state())

    def test_a_contact_who_becomes_a_company_takes_the_method_along(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.client.id}
        )
        self.token.partner_id = contact
        choice, bill = self._choose(), self._bill("One")
        self._move(contact, parent_id=False)
        self.assertFalse(choice.active, "It was charged to whom is a stranger now.")
        self._run()
        self.assertFalse(self.charges)
        self.assertEqual(bill.paynow_autopay_reason, "staff")

    def test_a_company_that_only_gets_a_parent_keeps_its_choice(self):
        choice = self._choose()
        self._move(self.client, parent_id=self.parent.id, is_company=True)
        self.assertEqual(self.client.commercial_partner_id, self.client)
        self.assertTrue(choice.active)
