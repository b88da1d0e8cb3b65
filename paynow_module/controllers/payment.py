# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import werkzeug.exceptions

from odoo.http import Response, request, route

from odoo.addons.account_payment.controllers import payment as account_payment
from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from ..exceptions import PaynowRefusal
from .page import HEADERS, PaynowPage


class PaymentPortal(account_payment.PaymentPortal):
    @route(
        "/PAYNOW/transaction/<int(max=2147483647):invoice_id>",
        type="jsonrpc",
        auth="public",
        methods=["POST"],  # Odoo's JSON routes take any method unless told.
        website=True,
        sitemap=False,
    )
    def paynow_transaction(self, invoice_id, access_token=None, **kwargs):
        """Create a transaction for a proven invoice; return its processing values.

        :param int invoice_id: The invoice that the page was opened for.
        :param str access_token: The proof that the page carried.
        :param dict kwargs: What the payment form sent; see `_paynow_guard`.
        :return: The processing values, or the error in the shape of the payment form.
        :rtype: dict
        """
        if not request.website.company_id.sudo().paynow_enabled:
            # With a response of its own, it isn't made a JSON answer with status 200.
            werkzeug.exceptions.abort(Response(status=404))
        request.future_response.headers.update(HEADERS)
        helpers = PaynowPage()
        company = request.website.company_id
        visitor = {"ip": helpers._get_client_ip(), "invoice_id": invoice_id}
        if request.env["paynow.limit"]._get_wait(company, "payment", **visitor):
            return self._prepare_paynow_error(
                request.env._(
                    "There were too many tries. Nothing was paid; please try again"
                    " later."
                )
            )
        Attempt = request.env["paynow.attempt"]
        try:
            tx_values = request.env["payment.transaction"]._paynow_guard(
                invoice_id,
                access_token,
                kwargs,
                request.website,
                own_tx=helpers._get_own_transaction(),
            )
        except PaynowRefusal as refusal:
            Attempt._log(company, "payment_refused", ip=visitor["ip"])
            return self._prepare_paynow_error(str(refusal))
        # After the guard: Odoo may run the request again, and a captcha counts only
        # once.
        if error := helpers._get_captcha_error("paynow_payment"):
            Attempt._log(company, "payment_refused", ip=visitor["ip"])
            return self._prepare_paynow_error(error)
        tx_values["custom_create_values"]["paynow_visitor"] = helpers._get_visitor()
        tx_sudo = self._create_transaction(**tx_values)
        Attempt._record(
            company, "payment_started", transaction_id=tx_sudo.id, **visitor
        )
        tx_sudo.landing_route = tx_sudo._paynow_get_receipt_route()
        return tx_sudo._get_processing_values()

    def _prepare_paynow_error(self, message):
        """Return a refusal in the shape of an answer that the payment form shows.

        :param str message: What the payer reads.
        :rtype: dict
        """
        return {"state": "error", "state_message": message}

    def _process_transaction(
        self, partner_id, currency_id, invoice_ids, payment_reference, **kwargs
    ):
        """Override of `account_payment` to keep our rules where switched on."""
        # In sudo mode as Odoo has checked the access, and clients can't read it all.
        invoices_sudo = request.env["account.move"].sudo().browse(invoice_ids)
        Transaction_sudo = request.env["payment.transaction"].sudo()
        own_tx_id = request.session.get(PaymentPostProcessing.MONITORED_TX_ID_KEY)
        try:
            invoices_sudo._paynow_guard_portal(
                kwargs,
                request.env["res.partner"].sudo().browse(partner_id),
                own_tx=Transaction_sudo.browse(own_tx_id),
            )
        except PaynowRefusal as refusal:
            return self._prepare_paynow_error(str(refusal))
        return super()._process_transaction(
            partner_id, currency_id, invoice_ids, payment_reference, **kwargs
        )
