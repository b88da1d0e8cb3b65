# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from functools import partial

import werkzeug.exceptions

from odoo.http import Response, request, route

from odoo.addons.account_payment.controllers import payment as account_payment
from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from ..exceptions import PaynowRefusal


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
        company = request.website._paynow_get_company()
        if not company.sudo().paynow_enabled:  # Visitors can't read all of a company.
            # With a response of its own, it isn't made a JSON answer with status 200.
            werkzeug.exceptions.abort(Response(status=404))
        page = request.env["paynow.page"]
        visitor = page._get_visitor()
        counted = {"ip": page._get_client_ip()}
        Invoice = request.env["account.move"]
        # Whoever has not proven an invoice isn't told how often it was tried.
        limited = dict(counted)
        named_ids = Invoice._paynow_get_named_ids(access_token)
        if invoice_id in named_ids:
            # In sudo mode as visitors can't read invoices.
            is_known = page._is_known(Invoice.sudo().browse(invoice_id))
            counted.update(invoice_id=invoice_id, is_known=is_known)
            limited.update(invoice_id=named_ids, is_known=is_known)
        Limit = request.env["paynow.limit"]
        wait = Limit._get_wait(company, "payment", **limited)
        if wait := wait or Limit._claim(company, "payment", **limited):
            self._paynow_refuse_try(wait)
        savepoint = request.env.cr.savepoint()
        Attempt = request.env["paynow.attempt"]
        try:
            tx_values = request.env["payment.transaction"]._paynow_guard(
                invoice_id, access_token, kwargs, request.website, visitor
            )
            # After the guard: Odoo may run the request again, and a captcha counts
            # only once.
            if error := page._get_captcha_error("paynow_payment"):
                raise PaynowRefusal(error)
        except PaynowRefusal as refusal:
            # Whoever is refused lets go of the invoice unwritten: written, it would
            # make all who wait for it run again, one after the other.
            savepoint.rollback()  # Not all: the try is under way until it is recorded.
            Attempt._log(company, "payment_refused", ip=counted["ip"])
            return self._paynow_prepare_error(str(refusal))
        # In sudo mode as visitors can't read transactions.
        drafts_sudo = (
            Invoice.sudo()
            .browse(named_ids)
            .transaction_ids.filtered(
                lambda tx: tx.state == "draft" and tx._paynow_is_by_payer()
            )
        )
        tries_sudo = drafts_sudo.filtered(lambda tx: tx.paynow_visitor == visitor)
        tx_sudo = tries_sudo._paynow_take_up(tx_values)
        others_sudo = tries_sudo - tx_sudo
        if tx_values["custom_create_values"]["paynow_is_known"]:
            others_sudo |= drafts_sudo.filtered(lambda tx: not tx.paynow_is_known)
            others_sudo -= tx_sudo
        try:
            others_sudo._paynow_close(
                lambda: Invoice._paynow_read_proof(company, access_token).check_payable(
                    visitor
                )
            )
        except PaynowRefusal as refusal:
            return self._paynow_prepare_error(str(refusal))  # With the news kept.
        if tx_sudo:
            PaymentPostProcessing.monitor_transaction(tx_sudo)
        else:
            tx_sudo = self._create_transaction(**tx_values)
        others_sudo._paynow_replace(tx_sudo)
        Attempt._record(
            company,
            "payment_started",
            transaction_id=tx_sudo.id,
            source=tx_sudo.paynow_source,
            **counted,
        )
        tx_sudo.landing_route = tx_sudo._paynow_get_landing_route()
        values = tx_sudo._get_processing_values()
        if reference := tx_sudo.provider_id._paynow_get_started_reference(values):
            tx_sudo.provider_reference = reference
        return tx_sudo._paynow_prepare_form_values(values)

    @route(
        "/PAYNOW/chosen/<int(max=2147483647):invoice_id>",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def paynow_chosen(self, invoice_id, access_token=None, **_kwargs):
        """Note, for the funnel, that a payer has chosen a method; nothing else.

        :param int invoice_id: The invoice that the page was opened for.
        :param str access_token: The proof that the page carried.
        """
        company = request.website._paynow_get_company()
        if not company.sudo().paynow_enabled:  # Visitors can't read all of a company.
            werkzeug.exceptions.abort(Response(status=404))
        proven = request.env["account.move"]._paynow_read_proof(company, access_token)
        if proven and proven.invoice_sudo.id == invoice_id:
            request.env["paynow.attempt"]._note_choice(
                company,
                invoice_id=invoice_id,
                ip=request.env["paynow.page"]._get_client_ip(),
                source=proven.source,
            )

    def _paynow_prepare_error(self, message):
        """Return a refusal in the shape of an answer that the payment form shows.

        :param str message: What the payer reads.
        :rtype: dict
        """
        return {"state": "error", "state_message": message}

    def _paynow_refuse_try(self, seconds):
        """Answer a try beyond the limits with 429, before anything of it is read.

        The body is the answer to the call, as ever: the payment form shows it whatever
        the status, and whoever counts statuses sees one.

        :param int seconds: In how many seconds to try again.
        """
        message = request.env._(
            "There were too many tries. Nothing was paid; please try again later."
        )
        content = {
            "jsonrpc": "2.0",
            "id": request.dispatcher.request_id,
            "result": self._paynow_prepare_error(message),
        }
        headers = {"Retry-After": str(seconds)}
        # Odoo's JSON routes have no other way to a status.
        werkzeug.exceptions.abort(
            request.make_json_response(content, headers=headers, status=429)
        )

    def _process_transaction(
        self, partner_id, currency_id, invoice_ids, payment_reference, **kwargs
    ):
        """Override of `account_payment` to keep our rules where switched on."""
        # In sudo mode as Odoo has checked the access, and clients can't read it all.
        invoices_sudo = request.env["account.move"].sudo().browse(invoice_ids)
        if not any(invoices_sudo.company_id.mapped("paynow_guard_portal")):
            return super()._process_transaction(
                partner_id, currency_id, invoice_ids, payment_reference, **kwargs
            )
        # Not the same as on our page: what was begun here can't be closed there.
        visitor = f"portal {request.env['paynow.page']._get_visitor()}"
        begun_sudo = invoices_sudo.transaction_ids.filtered(
            lambda tx: tx.state == "draft" and tx._paynow_is_by_payer()
        ).filtered(lambda tx: not tx.paynow_is_known)
        check = partial(
            invoices_sudo._paynow_guard_portal,
            kwargs,
            request.env["res.partner"].sudo().browse(partner_id),
            visitor,
        )
        try:
            # Whoever is refused lets go of the invoices unwritten.
            with request.env.cr.savepoint(flush=False):
                check()
            begun_sudo._paynow_close(check)
        except PaynowRefusal as refusal:
            return self._paynow_prepare_error(str(refusal))
        values = super()._process_transaction(
            partner_id, currency_id, invoice_ids, payment_reference, **kwargs
        )
        tx_id = request.session[PaymentPostProcessing.MONITORED_TX_ID_KEY]
        # In sudo mode as clients can't write on transactions.
        tx_sudo = request.env["payment.transaction"].sudo().browse(tx_id)
        tx_sudo.paynow_visitor = visitor
        begun_sudo._paynow_replace(tx_sudo)
        return values
