# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import UserError


class PaynowRefusal(UserError):
    """A look-up or a payment that Pay Now refuses, with the reason for the payer.

    :param str message: What the payer reads; it tells a stranger nothing.
    :param str|None field: The form field to correct (`email`, `invoice`, `amount`),
        None where naming one would tell which part of a pair is wrong.
    """

    def __init__(self, message, field=None):
        super().__init__(message)
        self.field = field
