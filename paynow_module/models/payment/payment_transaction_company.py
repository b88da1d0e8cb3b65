# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models


class PaymentTransaction(models.Model):
    """To which company a payment belongs: to that of the invoice that it pays.

    A branch may take payments by a provider of the company above it. Receipt, mails,
    lists and whoever is told are those of the branch; the books are the provider's.
    """

    _inherit = "payment.transaction"

    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Company",
        related=None,
        compute="_compute_paynow_company",
        recursive=True,
    )

    @api.depends(
        "provider_id.company_id",
        "is_paynow",
        "invoice_ids",
        "source_transaction_id.company_id",
    )
    def _compute_paynow_company(self):
        for tx in self:
            company = tx.provider_id.company_id
            if tx.is_paynow:
                source = tx.source_transaction_id
                company = source.company_id or tx.invoice_ids.company_id[:1] or company
            tx.company_id = company

    def _paynow_for_chatter(self):
        """Return this transaction in the language in which the company reads of it.

        That of who pays, or brings the news, is no concern of the books.

        :rtype: payment.transaction
        """
        self.ensure_one()
        if not self.is_paynow:
            return self
        partner = self.company_id.partner_id
        partner.fetch(["lang"])  # All that is asked of a hundred columns.
        return self.with_context(lang=partner.lang or "en_US")

    def _paynow_call_for_chatter(self, method):
        """Call a method for each transaction, in the language of its company.

        :param method: The function that takes the transaction.
        :return: What it returned for the last one; None without any.
        """
        res = None
        for tx in self:
            res = method(tx._paynow_for_chatter())
        return res

    def _log_sent_message(self):
        """Override of `payment` to write in the company's language."""
        return self._paynow_call_for_chatter(lambda tx: super()._log_sent_message())

    def _log_received_message(self):
        """Override of `payment` to write in the company's language."""
        return self._paynow_call_for_chatter(lambda tx: super()._log_received_message())

    def _post_process(self):
        """Override of `account_payment` to write in the company's language."""
        return self._paynow_call_for_chatter(lambda tx: super()._post_process())

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to book as the company of the provider.

        The journal is its own, and so is the payment.
        """
        tx = self.with_company(self.provider_id.company_id)
        return super(PaymentTransaction, tx)._create_payment(**extra_create_values)
