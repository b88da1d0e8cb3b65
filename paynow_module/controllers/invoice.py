# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import content_disposition, request

from ..const import HEADERS


class PaynowInvoice(http.Controller):
    """The invoice itself, for the browser that came by its mailed link.

    The link is exchanged on arrival, in `paynow.py`: these addresses hold a number that
    is of use to no other browser.
    """

    @http.route(
        "/PAYNOW/invoice/<int(max=2147483647):invoice_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_invoice(self, invoice_id, **_kwargs):
        """Show the invoice of the mailed link with which this browser came.

        :param int invoice_id: The invoice.
        """
        page = request.env["paynow.page"]
        page._get_company()  # Off is off.
        named = page._read_link(invoice_id)
        if not named:
            return page._render_expired()
        invoice_sudo, email, source = named
        invoice_sudo = invoice_sudo._paynow_for_visitor()
        amount, _date = invoice_sudo._paynow_get_due_now(page._get_visitor())
        if not amount:
            theirs = invoice_sudo.with_context(paynow_disowns=True)
            return page._render_nothing_to_pay(
                invoice_sudo,
                invoice_sudo.amount_residual,
                disown_url=theirs._paynow_get_payable(page._get_visitor())
                and f"/PAYNOW/invoice/{invoice_id}",
            )
        return page._render_checkout(
            invoice_sudo._paynow_sign(amount, email, source),
            mailed={
                **invoice_sudo._paynow_prepare_mailed(),
                "values": {
                    "email": email,
                    "invoice": invoice_sudo.name,
                    "amount": invoice_sudo._paynow_format_input(amount),
                },
                "source": source,
            },
        )

    @http.route(
        "/PAYNOW/invoice/<int(max=2147483647):invoice_id>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, as for the look-up.
    )
    def paynow_disown(self, invoice_id, csrf_token=None, **_kwargs):
        """Take it that what is on its way to an invoice is not of who got its link.

        :param int invoice_id: The invoice.
        :param str csrf_token: The token of the form.
        """
        page = request.env["paynow.page"]
        page._get_company()  # Off is off.
        named = page._read_link(invoice_id)
        if named and page._is_own_form(csrf_token):
            page._disown(named[0])
        return page._redirect(f"/PAYNOW/invoice/{invoice_id}")

    @http.route(
        "/PAYNOW/invoice/<int(max=2147483647):invoice_id>/pdf",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_invoice_pdf(self, invoice_id, **_kwargs):
        """Send the PDF of the invoice of the mailed link with which this browser came.

        :param int invoice_id: The invoice.
        """
        page = request.env["paynow.page"]
        page._get_company()  # Off is off.
        named = page._read_link(invoice_id)
        document = named and named[0]._paynow_get_pdf()
        if not document:
            return page._render_expired()
        return request.make_response(
            document["content"],
            {
                **HEADERS,
                "Content-Type": "application/pdf",
                "Content-Disposition": content_disposition(
                    document["filename"], "inline"
                ),
            },
        )
