# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.fields import Command


class PaymentTransaction(models.Model):
    """Online payments that are received without a journal entry."""

    _inherit = "payment.transaction"

    paynow_reason = fields.Char(
        string="Reason",
        help="Why this payment is not in the books.",
        compute="_compute_paynow_reason",
        compute_sudo=True,  # To read the provider.
    )

    @api.depends("paynow_problem", "payment_id.state", "payment_id.move_id")
    def _compute_paynow_reason(self):
        for tx in self:
            reason = tx.paynow_problem
            payment = tx.payment_id
            if not reason and payment.state == "in_process" and not payment.move_id:
                reason = self.env._(
                    "Received, with no journal entry until the bank statement is"
                    " reconciled: the payment method has no outstanding account in"
                    " journal %(journal)s.",
                    journal=payment.journal_id.name,
                )
            tx.paynow_reason = reason

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to name the invoices of a captured part.

        Odoo reconciles its entry with them; of a payment without an entry nothing else
        would say what it is for.
        """
        source = self.source_transaction_id
        if source and self.operation == source.operation and not self.invoice_ids:
            extra_create_values.setdefault(
                "invoice_ids", [Command.set(source.invoice_ids.ids)]
            )
        return super()._create_payment(**extra_create_values)
