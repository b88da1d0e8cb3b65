# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import werkzeug.exceptions

from odoo.http import Response, request, route

from ..exceptions import PaynowRefusal
from ..models.autopay.payment_transaction_saving import SAVED_ROUTE
from .payment import PaymentPortal


class PaynowEnrolPayment(PaymentPortal):
    """The transaction by which a guest saves a method, and where they land."""

    @route(
        "/PAYNOW/autopay/transaction",
        type="jsonrpc",
        auth="public",
        methods=["POST"],  # Odoo's JSON routes take any method unless told.
        website=True,
        sitemap=False,
    )
    def paynow_enrol_transaction(self, access_token=None, **kwargs):
        """Create the validation by which a method is saved; return its values.

        It is limited like payments are: whoever tries cards out finds no way here.

        :param str access_token: What the page signed.
        :param dict kwargs: What the payment form sent; see `_paynow_guard_saving`.
        :return: The processing values, or the error in the shape of the payment form.
        :rtype: dict
        """
        page = request.env["paynow.page"]
        if not page._has_guests():
            # With a response of its own, it isn't made a JSON answer with status 200.
            werkzeug.exceptions.abort(Response(status=404))
        company, enrolment = page._get_company(), page._get_enrolment()
        counted = {"ip": page._get_client_ip()}
        if enrolment:
            invoice_sudo = enrolment.invoice_sudo
            counted.update(
                client_id=enrolment.client_sudo.id,
                invoice_id=invoice_sudo.id,
                is_known=page._is_known(invoice_sudo),
            )
        Limit, Attempt = request.env["paynow.limit"], request.env["paynow.attempt"]
        wait = Limit._get_wait(company, "payment", **counted)
        if wait := wait or Limit._claim(company, "payment", **counted):
            self._paynow_refuse_try(wait)
        savepoint = request.env.cr.savepoint()
        try:
            values = request.env["payment.transaction"]._paynow_guard_saving(
                enrolment,
                kwargs,
                access_token,
                request.website,
                request.httprequest.remote_addr,
            )
            if error := page._get_captcha_error("paynow_payment"):
                raise PaynowRefusal(error)
        except PaynowRefusal as refusal:
            savepoint.rollback()
            Attempt._log(company, "payment_refused", ip=counted["ip"])
            return self._paynow_prepare_error(str(refusal))
        tx_sudo = self._create_transaction(**values)
        Attempt._record(company, "saving_started", transaction_id=tx_sudo.id, **counted)
        tx_sudo.landing_route = tx_sudo._paynow_get_saved_route()
        return tx_sudo._get_processing_values()

    @route(
        f"{SAVED_ROUTE}/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_enrol_saved(self, token, **_kwargs):
        """Show what became of the saving, to the browser that began it.

        :param str token: The token of the landing route.
        """
        page = request.env["paynow.page"]
        tx_sudo = self._paynow_read_saved(token)
        if not tx_sudo:
            return page._render_expired()
        answer = tx_sudo._paynow_get_saving_answer()
        return page._render("paynow_module.enrol_saved", {**answer, "token": token})

    @route(
        f"{SAVED_ROUTE}/<string:token>/news",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def paynow_enrol_news(self, token, **_kwargs):
        """Return the answer as it is now; have Odoo look after it first.

        :param str token: The token of the landing route.
        :return: See `paynow_news`.
        :rtype: dict
        """
        tx_sudo = self._paynow_read_saved(token)
        if not tx_sudo:
            return {}
        tx_sudo._paynow_catch_up()
        answer = tx_sudo._paynow_get_saving_answer()
        html = request.env["ir.ui.view"]._render_template(
            "paynow_module.enrol_answer", answer
        )
        return {"html": html, "is_waiting": answer["is_waiting"]}

    def _paynow_read_saved(self, token):
        """Return the saving of an address, if this browser began it here.

        :param str token: The token of the landing route.
        :rtype: payment.transaction
        """
        page = request.env["paynow.page"]
        site_company = page._get_site_company()
        return (
            request.env["payment.transaction"]
            ._paynow_read_saved(token, page._get_visitor())
            .filtered(
                lambda tx: (
                    tx.company_id in site_company.parent_ids
                    or site_company in tx.company_id.parent_ids
                )
            )
        )
