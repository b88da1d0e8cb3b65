# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common_books import PaynowBooksCommon
from ..common_link import PaynowLinkCommon

DISOWN = "//form[@id='o_paynow_disown']/@action"

ELSEWHERE = "//*[@id='o_paynow_elsewhere']"


@tagged("post_install", "-at_install")
class TestStrangers(PaynowBooksCommon, PaynowLinkCommon):
    """Whoever knows address and number of an invoice keeps its client from nothing."""

    def _pay_by_link(self):
        """Begin to pay the invoice by its mailed link; return the transaction."""
        context = self._get_payment_context(self._open(self._get_link_token()))
        result = self._post_transaction(self._prepare_form(context)).json()["result"]
        return self._get_tx(result["reference"])

    # === BEGUN AND LEFT === #

    def test_draft_of_a_stranger_delays_strangers_only(self):
        """Test that reminders, automatic payments and the client don't wait for it."""
        self._pay("draft", amount=100.0, paynow_visitor="stranger")
        known = self.invoice.with_context(paynow_is_known=True)
        self.assertEqual(self.invoice._paynow_get_payable("another"), 0.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)
        self.assertEqual(known._paynow_get_payable("client"), 100.0)

    def test_draft_of_the_client_delays_all(self):
        """Test that nothing is charged while the client may be about to pay."""
        self._pay("draft", amount=30.0, paynow_visitor="client", paynow_is_known=True)
        known = self.invoice.with_context(paynow_is_known=True)
        self.assertEqual(self.invoice._paynow_get_payable("another"), 70.0)
        self.assertEqual(self.invoice._paynow_get_payable(), 70.0)
        self.assertEqual(known._paynow_get_payable("colleague"), 70.0)

    def test_client_goes_first_and_closes_what_strangers_began(self):
        """Test that who comes by link pays the whole at once, and alone."""
        strangers = self._pay("draft", amount=100.0, paynow_visitor="stranger")
        tx = self._pay_by_link()
        self.assertEqual((tx.amount, tx.paynow_is_known), (100.0, True))
        self.assertEqual(strangers.state, "cancel")
        self.assertEqual(strangers.paynow_replaced_by_id, tx)

    def test_who_types_the_fields_is_not_known(self):
        """Test that the three fields are no proof of who somebody is."""
        context = self._get_payment_context(
            self.url_open(self._look_up().headers["Location"])
        )
        result = self._post_transaction(self._prepare_form(context)).json()["result"]
        self.assertFalse(self._get_tx(result["reference"]).paynow_is_known)

    # === ON ITS WAY FOR DAYS === #

    def test_bank_payment_of_a_stranger_is_disowned_by_the_client(self):
        """Test that the client reads of it, and pays once they say it isn't theirs."""
        self._pay("pending", paynow_visitor="stranger")
        response = self._open(self._get_link_token())
        self.assertIn("being processed", self._get_alert(response))
        (action,) = self._parse(response).xpath(DISOWN)
        response = self.url_open(action, data={"csrf_token": "old"})
        self.assertEqual(self._parse(response).xpath(DISOWN), [action])
        csrf_token = self._get_csrf_token()
        response = self.url_open(action, data={"csrf_token": csrf_token})
        self.assertIn("$100.00", self._get_text(response, ELSEWHERE))
        self.assertEqual(self._get_payment_context(response)["amount"], 100.0)
        self.assertEqual(self._pay_by_link().amount, 100.0)

    def test_bank_payment_of_the_client_is_not_disowned(self):
        """Test that no colleague pays again what went by a link of ours."""
        self._pay("pending", paynow_is_known=True)
        response = self._open(self._get_link_token())
        self.assertIn("being processed", self._get_alert(response))
        self.assertFalse(self._parse(response).xpath(DISOWN))

    def test_stranger_disowns_nothing(self):
        """Test that without the link nobody opens an invoice that is being paid."""
        self._pay("pending", paynow_visitor="another")
        csrf_token = self._get_csrf_token()
        response = self.url_open(
            f"/PAYNOW/invoice/{self.invoice.id}", data={"csrf_token": csrf_token}
        )
        self.assertEqual(response.status_code, 403)
        self.assertIn("being processed", self._get_alert(self._try(amount="100")))

    def test_staff_lets_others_pay(self):
        """Test that an accounting administrator releases a pending payment."""
        tx = self._pay("pending")
        self.assertEqual(self.invoice._paynow_get_payable(), 0.0)
        with self.assertRaises(AccessError):
            tx.with_user(self.internal_user).action_paynow_release()
        tx.with_user(self.accountant).action_paynow_release()
        self.assertEqual(self.invoice._paynow_get_payable(), 100.0)
        self.assertIn("no longer keeps", str(self.invoice.message_ids.mapped("body")))

    # === MAILS === #

    def test_nobody_s_mailbox_is_filled_by_tries(self):
        """Test that mails about what is not paid end, and receipts go on."""
        for _number in range(12):
            self._pay(
                "pending", amount=1.0, provider_reference="p"
            )._paynow_mail_payer()
        self.assertEqual(len(self._get_mails()), 10)
        self.assertIn("too many mails", str(self.invoice.message_ids.mapped("body")))
        self._pay("done", amount=1.0)._paynow_mail_payer()
        self.assertEqual(len(self._get_mails()), 11)
