# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import urlsplit

from odoo import models
from odoo.http import request

from ...utils import read_signed
from ..payment.payment_transaction import LANDING_ROUTE
from .payment_transaction_answer import ANSWER_KEY
from .payment_transaction_receipt import RECEIPT_SCOPE

STATUS_ROUTE = "/payment/status"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _post_dispatch(cls, response):
        """Override of `base` to lead a payer back from the provider to the answer.

        By what the address carries: to Odoo's status page, whoever comes without a
        session is a stranger.
        """
        result = super()._post_dispatch(response)
        token = request.httprequest.args.get(ANSWER_KEY)
        if (
            token
            and response.status_code in (302, 303)
            and urlsplit(response.location).path == STATUS_ROUTE
            and read_signed(request.env["payment.transaction"], RECEIPT_SCOPE, token)
        ):
            response.location = f"{LANDING_ROUTE}/{token}"
        return result
