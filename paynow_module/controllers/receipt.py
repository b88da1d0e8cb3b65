# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request

from ..models.payment.payment_transaction import LANDING_ROUTE


class PaynowReceipt(http.Controller):
    """The page on which a payer lands, and reads what became of the payment."""

    @http.route(
        f"{LANDING_ROUTE}/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_receipt(self, token, **_kwargs):
        """Show what became of a payment.

        :param str token: The token of the landing route.
        """
        page = request.env["paynow.page"]
        company = page._get_company()
        tx_sudo = request.env["payment.transaction"]._paynow_read_receipt(
            company, token
        )
        if not tx_sudo:
            return page._render("paynow_module.expired", {}, status=403)
        return page._render("paynow_module.receipt", tx_sudo._paynow_get_receipt())
