# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.web.controllers.export import CSVExport

from ..const import HEADERS
from ..models.payment.payment_transaction import LANDING_ROUTE

MAX_ID_LENGTH = 10  # Digits.


class PaynowMandate(http.Controller):
    """The mandate as a document, for the client and for an auditor.

    The following routes are exposed:
    - `/my/mandates/<id>` for who is logged in as the client.
    - `/PAYNOW/receipt/<token>/mandate` for the browser that paid, as the receipt.
    - `/paynow/mandates/export` for staff.
    """

    @http.route(
        "/my/mandates/<int(max=2147483647):mandate_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_my_mandate(self, mandate_id, **_kwargs):
        """Send a mandate to who is logged in as the client who gave it.

        :param int mandate_id: The mandate.
        """
        # In sudo mode as clients can't read mandates; this one is their own.
        mandate_sudo = request.env["paynow.mandate"].sudo().browse(mandate_id).exists()
        user = request.env.user
        client = user.partner_id.commercial_partner_id
        if not client or mandate_sudo.partner_id != client:
            raise NotFound()
        invoices_sudo = mandate_sudo.invoice_ids.filtered(
            lambda invoice: invoice.state == "posted"
        )
        if mandate_sudo.user_id != user and (
            invoices_sudo._paynow_filter_shown() != invoices_sudo
        ):
            raise NotFound()
        return self._paynow_send(mandate_sudo)

    @http.route(
        f"{LANDING_ROUTE}/<string:token>/mandate",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_receipt_mandate(self, token, **_kwargs):
        """Send the mandate of a payment to the browser that reads all of its receipt.

        :param str token: The token of the receipt's address.
        """
        page = request.env["paynow.page"]
        tx_sudo = request.env["payment.transaction"]._paynow_read_receipt(
            page._get_site_company(), token
        )
        answer = tx_sudo and tx_sudo._paynow_get_answer(
            page._get_visitor(), page._get_receipts()
        )
        if not answer or not answer.get("mandate"):
            return page._render_expired()
        return self._paynow_send(tx_sudo.paynow_mandate_id)

    @http.route(
        "/paynow/mandates/export",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def paynow_export_mandates(self, ids="", **_kwargs):
        """Send mandates and their charges as a table.

        :param str ids: The mandates, separated by commas.
        """
        texts = [text for text in ids.split(",") if text.isdecimal()]
        mandates = request.env["paynow.mandate"].search(
            [("id", "in", [int(t) for t in texts if len(t) <= MAX_ID_LENGTH])]
        )
        mandates.check_access("read")
        headings, rows = mandates._export_evidence()
        table = CSVExport().from_data([], headings, rows)
        return self._paynow_make(
            table.encode("utf-8-sig"), "text/csv;charset=utf-8", "mandates.csv"
        )

    # === HELPERS === #

    def _paynow_send(self, mandate_sudo):
        """Send a mandate as a document.

        :param paynow.mandate mandate_sudo: The mandate.
        """
        content, kind = mandate_sudo._print()
        name = f"{mandate_sudo._get_document_name()}.{kind}"
        mimetype = "application/pdf" if kind == "pdf" else "text/html;charset=utf-8"
        return self._paynow_make(content, mimetype, name, "inline")

    def _paynow_make(self, content, mimetype, name, disposition="attachment"):
        """Make the answer that is a file.

        :param bytes content: What is in it.
        :param str mimetype: Of which type.
        :param str name: What it is called.
        :param str disposition: Whether it is shown or saved.
        """
        return request.make_response(
            content,
            {
                **HEADERS,
                "Content-Type": mimetype,
                "Content-Disposition": content_disposition(name, disposition),
            },
        )
