# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request


class PaynowLink(http.Controller):
    """Whoever lacks the address of an invoice has a link mailed to who has it."""

    @http.route(
        "/PAYNOW/link",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, as for the look-up.
    )
    def paynow_link(self, invoice="", csrf_token=None, **_kwargs):
        """Have a link mailed to the billing contact of an invoice, if there is one.

        :param str invoice: The number of the invoice.
        :param str csrf_token: The token of the form.
        """
        page = request.env["paynow.page"]
        company = page._get_company()
        if not page._is_own_form(csrf_token):
            return page._redirect("/PAYNOW")
        visitor = {"ip": page._get_client_ip(), "is_known": page._is_client(company)}
        Limit = request.env["paynow.limit"]
        if wait := Limit._get_wait(company, "link", **visitor):
            return page._render_wait(wait)
        if page._get_captcha_error("paynow_link"):
            return page._redirect("/PAYNOW")
        if wait := Limit._claim(company, "link", **visitor):
            return page._render_wait(wait)
        invoice = invoice if isinstance(invoice, str) else ""  # A file is no number.
        request.env["account.move"]._paynow_request_link(company, invoice, **visitor)
        return page._render("paynow_module.link_requested", {"number": invoice})
