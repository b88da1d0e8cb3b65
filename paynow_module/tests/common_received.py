# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from unittest.mock import patch

from odoo.fields import Command

from .common_books import PaynowBooksCommon


class PaynowReceivedMixin:
    """Books as Odoo's accounting app keeps them: payments may have no journal entry."""

    def setUp(self):
        super().setUp()
        self.startPatcher(
            patch.object(
                self.env.registry["account.move"],
                "_get_invoice_in_payment_state",
                lambda move: "in_payment",
            )
        )
        self.bank = self.company_data["default_journal_bank"]
        lines = self.bank.inbound_payment_method_line_ids
        (lines | self._get_provider_lines()).payment_account_id = False

    def _get_provider_lines(self):
        """Return the lines of the provider on its journal, `sudo`-ed."""
        return PaynowBooksCommon._get_provider_lines(self)

    def _receive(self, amount, invoices=None, **values):
        """Register a payment by hand, as staff do: it has no journal entry.

        :param float amount: The amount in the currency of the payment.
        :param account.move invoices: What it is for; the invoice unless told.
        :rtype: account.payment
        """
        invoices = self.invoice if invoices is None else invoices
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.client.id,
                "amount": amount,
                "journal_id": self.bank.id,
                "invoice_ids": [Command.set(invoices.ids)],
                **values,
            }
        )
        payment.action_post()
        self.assertEqual(payment.state, "in_process")
        self.assertFalse(payment.move_id)
        return payment

    def _match_bank(self, amount, invoice=None):
        """Reconcile an invoice with a line of the bank statement itself.

        :param float amount: What arrived, in the company's currency.
        """
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "amount": amount,
                "date": self.company._paynow_get_today(),
                "partner_id": self.client.id,
                "payment_ref": "Arrived",
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        lines = (invoice or self.invoice).line_ids.filtered(
            lambda item: item.display_type == "payment_term"
        )
        suspense.account_id = lines.account_id
        (suspense | lines).reconcile()
