# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# Somebody else was faster: nothing is broken, and the same once more may work. Odoo
# runs requests again after these and no others; all else of the database is a fault.
CONCURRENCY_ERRORS = PG_CONCURRENCY_EXCEPTIONS_TO_RETRY


class PaynowRefusal(UserError):
    """A look-up or a payment that Pay Now refuses, with the reason for the payer.

    :param str message: What the payer reads; it tells a stranger nothing.
    :param str|None field: The form field to correct (`email`, `invoice`, `amount`),
        None where naming one would tell which part of a pair is wrong.
    :param account.move|None invoice: The proven invoice, where it could be paid with
        another amount.
    :param float|None payable: That amount, in the currency of the invoice.
    """

    def __init__(self, message, field=None, invoice=None, payable=None):
        super().__init__(message)
        self.field = field
        self.invoice = invoice
        self.payable = payable
