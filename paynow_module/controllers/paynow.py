# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request
from odoo.tools import email_normalize
from odoo.tools.translate import LazyTranslate

from ..exceptions import PaynowRefusal
from ..models.payment_transaction_receipt import RECEIPT_ROUTE
from .page import PaynowPage

_lt = LazyTranslate(__name__)

FIELDS = ("email", "invoice", "amount")


class PaynowController(PaynowPage):
    """The public pages.

    The following routes are exposed:
    - `/PAYNOW` shows the form with the three fields and, posted, looks the invoice up.
    - `/PAYNOW/link` has a link mailed to the billing contact of an invoice.
    - `/PAYNOW/checkout/<proof>` shows the invoice and its payment methods; the payment
      form on it calls `/PAYNOW/transaction/<invoice>`, see `payment.py`.
    - `/PAYNOW/receipt/<token>`, the landing route, shows what became of the payment.
    """

    # Odoo lists the last of the paths among the website's pages.
    @http.route(
        ["/paynow", "/PAYNOW"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        list_as_website_content=_lt("Pay Now"),
    )
    def paynow(self, proof=None, link=None, **_kwargs):
        """Show the form, filled in from a mailed link or from a proof of the checkout.

        :param str proof: A proof.
        :param str link: The token of a mailed link.
        """
        company = self._get_company()
        Invoice = request.env["account.move"]
        values = dict.fromkeys(FIELDS, "")
        if link:
            named = Invoice._paynow_read_link(company, link)
            if not named:
                return self._render("paynow_module.expired", {}, status=403)
            invoice_sudo, values["email"] = named
            amount = invoice_sudo._paynow_get_payable(self._get_own_transaction())
            if not amount:
                return self._render_nothing_to_pay(
                    invoice_sudo, invoice_sudo.amount_residual
                )
        elif proof and (proven := Invoice._paynow_read_proof(company, proof)):
            invoice_sudo, amount, values["email"] = proven
        else:
            values["email"] = request.env.user.email_normalized or ""
            return self._render_form(values)
        values["invoice"] = invoice_sudo.name
        values["amount"] = invoice_sudo._paynow_format_input(amount)
        return self._render_form(values, link=link)

    @http.route(
        ["/paynow", "/PAYNOW"],
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, so that an old page loses nothing that was typed.
    )
    def paynow_lookup(self, csrf_token=None, link=None, **kwargs):
        """Look the invoice up and lead to the checkout.

        :param str csrf_token: The token of the form.
        :param str link: The token of the mailed link from which the form was filled.
        :param dict kwargs: The fields of the form, by name.
        """
        company = self._get_company()
        # A file in place of a text is none.
        values = {name: kwargs.get(name) for name in FIELDS}
        values = {k: v if isinstance(v, str) else "" for k, v in values.items()}
        error, field = self._check_form(values, csrf_token)
        if error:
            return self._render_form(values, error, field, link)
        visitor = {
            "ip": self._get_client_ip(),
            "email": values["email"],
            "number": values["invoice"],
        }
        wait = request.env["paynow.limit"]._get_wait(company, "lookup", **visitor)
        # Whoever holds a link has no need to guess: it works while look-ups are closed.
        if self._is_named_by(link, values):
            visitor["source"] = "mail"
        elif wait:
            return self._render_wait(wait)
        elif error := self._get_captcha_error("paynow_lookup"):
            return self._render_form(values, error, None, link)
        Attempt = request.env["paynow.attempt"]
        try:
            invoice_sudo, amount = request.env["account.move"]._paynow_lookup(
                company, *values.values(), own_tx=self._get_own_transaction()
            )
        except PaynowRefusal as refusal:
            # A wrong amount is named, a wrong pair isn't: only the latter is a failure.
            kind = "lookup_matched" if refusal.field else "lookup_failed"
            if not wait:
                Attempt._log(company, kind, **visitor)
            return self._render_form(
                values, str(refusal), refusal.field, link, is_failed=not refusal.field
            )
        if not wait:
            visitor["invoice_id"] = invoice_sudo.id
            Attempt._log(company, "lookup_matched", **visitor)
        proof = invoice_sudo._paynow_sign(amount, values["email"])
        return self._redirect(f"/PAYNOW/checkout/{proof}")

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
        company = self._get_company()
        if not self._is_own_form(csrf_token):
            return self._redirect("/PAYNOW")
        ip = self._get_client_ip()
        if wait := request.env["paynow.limit"]._get_wait(company, "link", ip=ip):
            return self._render_wait(wait)
        if self._get_captcha_error("paynow_link"):
            return self._redirect("/PAYNOW")
        invoice = invoice if isinstance(invoice, str) else ""  # A file is no number.
        request.env["account.move"]._paynow_request_link(company, invoice, ip)
        return self._render("paynow_module.link_requested", {"number": invoice})

    @http.route(
        "/PAYNOW/checkout/<string:proof>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_checkout(self, proof, **_kwargs):
        """Show the proven invoice and the ways to pay it.

        :param str proof: The proof from the look-up.
        """
        company = self._get_company()
        proven = request.env["account.move"]._paynow_read_proof(company, proof)
        if not proven:
            return self._render("paynow_module.expired", {}, status=403)
        invoice_sudo, amount, email = proven
        if response := self._render_nothing_to_pay(invoice_sudo, amount, proof):
            return response
        report = {}
        providers_sudo, methods_sudo = request.env[
            "payment.provider"
        ]._paynow_get_options(
            company,
            request.website,
            partner=invoice_sudo.partner_id,
            amount=amount,
            currency=invoice_sudo.currency_id,
            report=report,
        )
        payment_context = {
            "reference_prefix": invoice_sudo.name,
            "amount": amount,
            "currency": invoice_sudo.currency_id,
            "partner_id": invoice_sudo.partner_id.id,
            "providers_sudo": providers_sudo,
            "payment_methods_sudo": methods_sudo,
            "tokens_sudo": request.env["payment.token"],  # None is ever offered.
            "show_tokenize_input_mapping": dict.fromkeys(providers_sudo.ids, False),
            "availability_report": report,
            "transaction_route": f"/PAYNOW/transaction/{invoice_sudo.id}",
            "landing_route": RECEIPT_ROUTE,
            "access_token": proof,
        }
        values = {
            "invoice": invoice_sudo._paynow_get_summary(
                amount, self._get_own_transaction()
            ),
            "company_name": company.name,
            "email": email,
            "proof": proof,
        }
        return self._render("paynow_module.checkout", {**values, **payment_context})

    @http.route(
        f"{RECEIPT_ROUTE}/<string:token>",
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
        company = self._get_company()
        tx_sudo = request.env["payment.transaction"]._paynow_read_receipt(
            company, token
        )
        if not tx_sudo:
            return self._render("paynow_module.expired", {}, status=403)
        return self._render("paynow_module.receipt", tx_sudo._paynow_get_receipt())

    # === HELPERS === #

    def _is_named_by(self, link, values):
        """Tell whether a mailed link names what stands in the form.

        :param str link: The token of the link, if any.
        :param dict values: What stands in the fields, by name.
        :rtype: bool
        """
        named = link and request.env["account.move"]._paynow_read_link(
            self._get_company(), link
        )
        return (
            bool(named)
            and named[0].name == values["invoice"]
            and named[1] == email_normalize(values["email"])
        )

    def _check_form(self, values, csrf_token):
        """Check what can be checked without looking anything up.

        :param dict values: What stands in the fields, by name.
        :param str csrf_token: The token of the form.
        :return: What to tell the visitor, if anything, and the field that it is about.
        :rtype: tuple[str|None, str|None]
        """
        if not self._is_own_form(csrf_token):
            return request.env._(
                "This page was open for too long. Nothing is lost: please press"
                " Continue again."
            ), None
        messages = {
            "email": request.env._("Please enter your billing e-mail address."),
            "invoice": request.env._("Please enter the invoice number."),
            "amount": request.env._("Please enter the amount to pay."),
        }
        for name, message in messages.items():
            if not values[name].strip():
                return message, name
        return None, None

    def _render_form(self, values, error=None, field=None, link=None, is_failed=False):
        """Render the form with the three fields.

        :param dict values: What stands in the fields, by name.
        :param str|None error: What went wrong.
        :param str|None field: The field in which it went wrong.
        :param str|None link: The token of the mailed link from which it was filled.
        :param bool is_failed: Whether a look-up found nothing.
        """
        report = {}
        _providers, methods_sudo = request.env["payment.provider"]._paynow_get_options(
            self._get_company(), request.website, report=report
        )
        response = self._render(
            "paynow_module.page",
            {
                "values": values,
                "error": error,
                "error_field": field,
                "link": link,
                "is_failed": is_failed,
                "is_available": bool(methods_sudo),
                "availability_report": report,
            },
        )
        if not request.httprequest.args:  # The bare page may be found by its clients.
            response.headers.remove("X-Robots-Tag")
        return response

    def _render_nothing_to_pay(self, invoice_sudo, amount, proof=None):
        """Render the page that says why an amount can't be paid on a proven invoice.

        :param account.move invoice_sudo: The invoice.
        :param float amount: The amount in its currency.
        :param str|None proof: The proof, to go back and change the amount.
        """
        try:
            invoice_sudo._paynow_check_payable(amount, self._get_own_transaction())
        except PaynowRefusal as refusal:
            return self._render(
                "paynow_module.nothing_to_pay",
                {
                    "number": invoice_sudo.name,
                    "message": str(refusal),
                    "proof": invoice_sudo._paynow_get_payable() and proof,
                },
            )
        return None
