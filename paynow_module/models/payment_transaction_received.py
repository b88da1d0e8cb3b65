# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.fields import Command


class PaymentTransaction(models.Model):
    """Online payments that are received without a journal entry."""

    _inherit = "payment.transaction"  # pylint: disable=consider-merging-classes-inherited

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
