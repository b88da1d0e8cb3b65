# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ...models.notices.res_partner_reach import MAX_BOUNCES
from ..common_books import PaynowBooksCommon


@tagged("-at_install", "post_install")
class TestReach(PaynowBooksCommon):
    """Nobody is reminded at an address that must not, or can't, be mailed."""

    def _block(self, email=None):
        self.env["mail.blacklist"].sudo().create({"email": email or self.email})

    def _get_reason(self):
        return self.client._paynow_get_summary_obstacles(self.company)[self.client]

    def test_the_blacklist_is_honoured_and_named(self):
        self.assertFalse(self._get_reason())
        self._block()
        self.assertEqual(self._get_reason(), f"{self.email} is on the blacklist.")

    def test_another_address_of_the_client_is_still_used(self):
        self.client.email = f"{self.email}, other@example.com"
        self._block()
        self.assertFalse(self._get_reason())
        self.assertEqual(
            self.client._paynow_get_recipients()[self.client], "other@example.com"
        )

    def test_mails_that_come_back_are_no_longer_sent(self):
        self.client.message_bounce = MAX_BOUNCES - 1
        self.assertFalse(self._get_reason())
        self.client.message_bounce = MAX_BOUNCES
        self.assertIn("come back", self._get_reason())

    def test_who_takes_an_address_off_the_blacklist_has_it_mailed_again(self):
        self._block()
        self.env["mail.blacklist"].sudo().search([]).active = False
        self.assertFalse(self._get_reason())

    def test_the_list_of_notices_says_so(self):
        self._block()
        notice = (
            self.env["paynow.notice"]
            .sudo()
            ._notify_by_hand("account_summary", self.company, self.client)
        )
        self.assertEqual(notice.state, "skipped")
        self.assertIn("blacklist", notice.reason)

    def test_receipts_still_come(self):
        self._block()
        self._pay()._post_process()
        self.assertEqual(len(self._get_mails()), 1)
