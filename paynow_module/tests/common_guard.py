# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tools import mute_logger

from .common import PaynowHttpCommon


class PaynowGuardCommon(PaynowHttpCommon):
    """What is posted straight to the transaction route, past the page."""

    def _count_transactions(self):
        return self.env["payment.transaction"].search_count([])

    def _assert_refused(self, form, is_failure=False, **kwargs):
        """Assert the one shape of a refusal, which leaves no transaction behind.

        :param dict|str form: What is posted; a text is posted as it is.
        :param bool is_failure: Whether an error of the server may be behind it.
        :return: What the payer reads.
        :rtype: str
        """
        before = self._count_transactions()
        if isinstance(form, str):
            self._reset_limits()
            with mute_logger("odoo.http"):
                response = self.url_open(
                    f"/PAYNOW/transaction/{self.invoice.id}",
                    data=form,
                    headers={"Content-Type": "application/json"},
                )
        else:
            response = self._post_transaction(form, **kwargs)
        self.assertEqual(response.status_code, 200)
        answer = response.json()
        self.assertEqual(set(answer), {"jsonrpc", "id", "result"}, answer)
        self.assertEqual(set(answer["result"]), {"state", "state_message"})
        self.assertEqual(answer["result"]["state"], "error")
        self.assertTrue(answer["result"]["state_message"])
        if not is_failure:
            self.assertNotIn("on our side", answer["result"]["state_message"])
        for word in ("Traceback", "debug", "odoo.", "Error", self.client.name):
            self.assertNotIn(word, response.text)
        self.assertEqual(self._count_transactions(), before)
        return answer["result"]["state_message"]

    def _create_provider(self, **values):
        """Create another provider that would do, but for the given values."""
        return self.provider.copy({"name": "Other", "is_published": True, **values})
