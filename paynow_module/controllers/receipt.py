# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request

from odoo.addons.payment.controllers import post_processing

from ..models.payment.payment_transaction import LANDING_ROUTE


class PaynowReceipt(http.Controller):
    """The page on which a payer lands, and reads what becomes of the payment.

    It knows the payment by its address: any browser may show it, for a day. What the
    payment was for is told to the browser that made it.
    """

    @http.route(
        f"{LANDING_ROUTE}/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_receipt(self, token, **_kwargs):
        """Show what became of a payment, as far as it is known.

        :param str token: The token of the landing route.
        """
        page = request.env["paynow.page"]
        tx_sudo = self._paynow_read(token)
        if not tx_sudo:
            return page._render_expired()
        if tx_sudo.env.context.get("paynow_is_mailed"):
            page._keep_receipt(tx_sudo)
            return page._redirect(tx_sudo._paynow_get_landing_route())
        answer = tx_sudo._paynow_get_answer(page._get_visitor(), page._get_receipts())
        return page._render("paynow_module.receipt", {**answer, "token": token})

    @http.route(
        f"{LANDING_ROUTE}/<string:token>/news",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def paynow_news(self, token, **_kwargs):
        """Return the answer as it is now; have Odoo post the payment first.

        :param str token: The token of the landing route.
        :return: The part of the page that changes, as {'html': str, 'is_waiting':
            bool}; nothing if the token is no longer good.
        :rtype: dict
        """
        tx_sudo = self._paynow_read(token)
        if not tx_sudo:
            return {}
        tx_sudo._paynow_catch_up()
        page = request.env["paynow.page"]
        answer = tx_sudo._paynow_get_answer(page._get_visitor(), page._get_receipts())
        html = request.env["ir.ui.view"]._render_template(
            "paynow_module.answer", answer
        )
        return {"html": html, "is_waiting": answer["is_waiting"]}

    @http.route(
        "/PAYNOW/answer/<int(max=2147483647):invoice_id>",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def paynow_answer(self, invoice_id, access_token=None, seconds=0, **_kwargs):
        """Tell a browser that lost the connection what became of its last try.

        :param int invoice_id: The invoice that the page was opened for.
        :param str access_token: The proof that the page carried.
        :param int seconds: How long ago the payer has pressed *Pay*.
        :return: Where to read it, as {'landing_route': str}; nothing if the provider
            has told nothing: then the payer may press *Pay* again.
        :rtype: dict
        """
        page = request.env["paynow.page"]
        proven = request.env["account.move"]._paynow_read_proof(
            page._get_site_company(), access_token
        )
        if not proven or proven.invoice_sudo.id != invoice_id:
            return {}
        seconds = min(seconds, 3600) if type(seconds) is int else 0
        tx_sudo = proven.invoice_sudo.transaction_ids._paynow_find_try(
            page._get_visitor(), max(seconds, 0)
        )
        if not tx_sudo or tx_sudo.state == "draft":
            return {}
        return {"landing_route": tx_sudo.landing_route}

    def _paynow_read(self, token):
        """Return the payment that an address names, also once Pay Now is off.

        :param str token: The token of the landing route.
        :rtype: payment.transaction
        """
        company = request.env["paynow.page"]._get_site_company()
        return request.env["payment.transaction"]._paynow_read_receipt(company, token)


class PaymentPostProcessing(post_processing.PaymentPostProcessing):
    @http.route()
    def display_status(self, **kwargs):
        """Override of `payment` to lead our payers to the page that answers them."""
        tx_sudo = self._get_monitored_transaction()
        if tx_sudo and tx_sudo._paynow_has_own_answer():
            return request.env["paynow.page"]._redirect(tx_sudo.landing_route)
        return super().display_status(**kwargs)
