# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import new_test_user, tagged

from ..common import PaynowHttpCommon

NOT_NOW = "Not paid automatically for now."
NOTHING = "Automatic payment is stopped for now: nothing is charged."


@tagged("-at_install", "post_install")
class TestAutopayPortalStop(PaynowHttpCommon):
    """What a client sees in the portal while their automatic payments are stopped."""

    def setUp(self):
        super().setUp()
        self.provider.allow_tokenization = True
        user = new_test_user(
            self.env,
            "paynow_dana",
            "base.group_portal",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        user.partner_id.parent_id = self.client
        self.dana = user
        self.token = self._create_token(partner_id=user.partner_id.id)
        self.invoice.message_subscribe(user.partner_id.ids)
        self.choice = (
            self.env["paynow.autopay"]
            .with_user(user)
            ._choose(
                self.client,
                self.token,
                "192.0.2.7",
                "I authorize it.",
                company=self.company,
            )
            .sudo()
        )
        self.authenticate("paynow_dana", "paynow_dana")

    def _open_pages(self):
        """Return the texts of the page of the choice and of the invoice."""
        self.env.flush_all()
        return [
            " ".join(self.url_open(address).text.split())
            for address in ("/my/autopay", f"/my/invoices/{self.invoice.id}")
        ]

    def test_while_all_goes_well_nothing_of_it_is_said(self):
        for page in self._open_pages():
            self.assertNotIn(NOT_NOW, page)
            self.assertNotIn(NOTHING, page)

    def test_a_stop_of_all_is_told_and_no_day_is(self):
        self.company.paynow_autopay_stopped = True
        choice, invoice = self._open_pages()
        self.assertIn(NOTHING, choice)
        for page in (choice, invoice):
            self.assertIn(NOT_NOW, page)
            self.assertNotIn("aid automatically on", page)
            self.assertNotIn("will be paid on", page)

    def test_a_stop_of_this_client_is_told_without_the_reason(self):
        self.choice.mandate_id._stop("R10 unauthorized")
        choice, invoice = self._open_pages()
        self.assertIn(NOTHING, choice)
        self.assertIn(NOT_NOW, invoice)
        self.assertNotIn("R10", choice + invoice)

    def test_a_held_invoice_is_told_without_the_reason(self):
        self.invoice._paynow_autopay_set_hold("They are insolvent.")
        choice, invoice = self._open_pages()
        self.assertNotIn(NOTHING, choice)
        for page in (choice, invoice):
            self.assertIn(NOT_NOW, page)
            self.assertNotIn("insolvent", page)

    def test_the_client_may_still_cancel_it(self):
        self.company.paynow_autopay_stopped = True
        _choice, invoice = self._open_pages()
        self.assertIn("Cancel automatic payment", invoice)

    def test_an_expired_card_can_not_be_chosen(self):
        self.assertIn(f'value="{self.token.id}"', self._open_pages()[0])
        self.token.write({"paynow_expiry_month": 1, "paynow_expiry_year": 2020})
        self.assertNotIn(f'value="{self.token.id}"', self._open_pages()[0])
