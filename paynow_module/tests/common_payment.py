# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import SUPERUSER_ID, api
from odoo.http import STORED_SESSION_BYTES
from odoo.tools.misc import hmac

from .common import PaynowHttpCommon

RECEIPT = "//*[@id='o_paynow_receipt']"


class PaynowPaymentCommon(PaynowHttpCommon):
    """A payment up to the books, its receipt and its mail."""

    def _get_mails(self):
        """Return the mails to the payer that are queued."""
        return self.env["mail.mail"].search([("email_to", "ilike", self.email)])

    def _run_cron(self):
        """Post-process what is left as the scheduler does."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["payment.transaction"]._cron_post_process()
        self.env.invalidate_all()

    def _open_receipt(self, tx):
        """Return the receipt page of a transaction, in the browser that paid."""
        self.url_open("/PAYNOW")  # A browser has its session from a page.
        sid = self.opener.cookies["session_id"][:STORED_SESSION_BYTES]
        tx.paynow_visitor = hmac(self.env(su=True), "paynow_module.visitor", sid)
        return self.url_open(tx._paynow_get_landing_route())

    def _get_receipt_values(self, response):
        """Return what a receipt page tells, by name."""
        return {
            element.get("data-name"): " ".join(element.text_content().split())
            for element in self._parse(response).xpath(f"{RECEIPT}//dd")
        }

    def _assert_books(self, tx, amount):
        """Assert that a transaction is one posted, reconciled payment."""
        payment = tx.payment_id
        self.assertRecordValues(
            payment,
            [
                {
                    "amount": amount,
                    "payment_type": "inbound",
                    "partner_id": self.client.id,
                    "journal_id": self.provider.journal_id.id,
                    "currency_id": tx.currency_id.id,
                    "payment_transaction_id": tx.id,
                    "payment_token_id": False,
                }
            ],
        )
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(payment.reconciled_invoice_ids, tx.invoice_ids)
