# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import werkzeug.exceptions

from odoo.http import Response, request, route

from odoo.addons.account_payment.controllers import payment as account_payment

from ..exceptions import PaynowRefusal
from .paynow import PaynowController


class PaymentPortal(account_payment.PaymentPortal):
    @route(
        "/PAYNOW/transaction/<int:invoice_id>",
        type="jsonrpc",
        auth="public",
        website=True,
        sitemap=False,
    )
    def paynow_transaction(self, invoice_id, access_token=None, **kwargs):
        """Create a draft transaction for a proven invoice and return its processing values.

        :param int invoice_id: The invoice that the page was opened for.
        :param str access_token: The proof that the page carried.
        :param dict kwargs: What the payment form sent; see `_paynow_guard`.
        :return: The processing values, or the error in the shape of the payment form.
        :rtype: dict
        """
        if not request.website.company_id.sudo().paynow_enabled:
            # With a response of its own, it isn't made a JSON answer with status 200.
            werkzeug.exceptions.abort(Response(status=404))
        try:
            tx_values = request.env["payment.transaction"]._paynow_guard(
                invoice_id,
                access_token,
                kwargs,
                request.website,
                own_tx=PaynowController()._get_own_transaction(),
            )
        except PaynowRefusal as refusal:
            return {"state": "error", "state_message": str(refusal)}
        tx_sudo = self._create_transaction(**tx_values)
        tx_sudo.landing_route = tx_sudo._paynow_get_receipt_route()
        return tx_sudo._get_processing_values()
