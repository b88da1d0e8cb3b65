# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request
from odoo.tools.translate import LazyTranslate

from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from ..exceptions import PaynowRefusal
from ..models.payment_transaction import RECEIPT_ROUTE

_lt = LazyTranslate(__name__)

FIELDS = ("email", "invoice", "amount")


class PaynowController(http.Controller):
    """The public pages.

    The following routes are exposed:
    - `/PAYNOW` shows the form with the three fields and looks the invoice up.
    - `/PAYNOW/checkout/<proof>` shows the invoice and its payment methods; the payment
      form on it calls `/PAYNOW/transaction/<invoice>`, see `payment.py`.
    - `/PAYNOW/receipt/<token>` shows what became of the payment; it is the landing route
      of the transactions.
    """

    # The capital spelling comes last: Odoo lists the last one among the website's pages.
    @http.route(
        ["/paynow", "/PAYNOW"],
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, so that an old page loses nothing that was typed.
        list_as_website_content=_lt("Pay Now"),
    )
    def paynow(self, proof=None, csrf_token=None, **kwargs):
        """Show the form; when posted, look the invoice up and lead to the checkout.

        :param str proof: A proof from the checkout, whose values fill the form.
        :param str csrf_token: The token of the form.
        :param dict kwargs: The fields of the form, by name.
        """
        company = self._get_company()
        if request.httprequest.method != "POST":
            return self._render_form(self._get_proven_values(proof))
        values = {name: kwargs.get(name) or "" for name in FIELDS}
        if not request.validate_csrf(csrf_token):
            return self._render_form(
                values,
                request.env._(
                    "This page was open for too long. Nothing is lost: please press"
                    " Continue again."
                ),
            )
        for name, message in self._get_missing_messages().items():
            if not values[name].strip():
                return self._render_form(values, message, name)
        try:
            invoice_sudo, amount = request.env["account.move"]._paynow_lookup(
                company, *values.values(), own_tx=self._get_own_transaction()
            )
        except PaynowRefusal as refusal:
            return self._render_form(values, str(refusal), refusal.field)
        proof = invoice_sudo._paynow_sign(amount, values["email"])
        return request.redirect(f"/PAYNOW/checkout/{proof}", code=303)

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
        values = {
            "invoice": invoice_sudo._paynow_get_summary(),
            "paying_now": invoice_sudo._paynow_format(amount),
            "company_name": company.name,
            "proof": proof,
        }
        try:
            invoice_sudo._paynow_check_payable(amount, self._get_own_transaction())
        except PaynowRefusal as refusal:
            return self._render(
                "paynow_module.nothing_to_pay", {**values, "message": str(refusal)}
            )
        report = {}
        providers_sudo, methods_sudo = request.env["payment.provider"]._paynow_get_options(
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
        return self._render(
            "paynow_module.checkout", {**values, "email": email, **payment_context}
        )

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
        tx_sudo = request.env["payment.transaction"]._paynow_read_receipt(company, token)
        if not tx_sudo:
            return self._render("paynow_module.expired", {}, status=403)
        return self._render("paynow_module.receipt", tx_sudo._paynow_get_receipt())

    # === HELPERS === #

    def _get_company(self):
        """Return the company whose invoices this website takes payments for.

        :rtype: res.company
        :raise NotFound: If Pay Now is off.
        """
        company_sudo = request.website.company_id.sudo()
        if not company_sudo.paynow_enabled:
            raise request.not_found()
        return company_sudo  # In sudo mode as visitors can't read all of a company.

    def _get_own_transaction(self):
        """Return the last transaction of this visitor, which Odoo keeps in the session.

        :rtype: payment.transaction
        """
        return (
            request.env["payment.transaction"]
            .sudo()
            .browse(request.session.get(PaymentPostProcessing.MONITORED_TX_ID_KEY))
            .exists()
        )  # In sudo mode as visitors can't read transactions.

    def _get_proven_values(self, proof):
        """Return the values that fill the form: those of a proof, else the user's address.

        :param str proof: The proof, if any.
        :rtype: dict
        """
        values = dict.fromkeys(FIELDS, "")
        proven = proof and request.env["account.move"]._paynow_read_proof(
            self._get_company(), proof
        )
        if proven:
            invoice_sudo, amount, email = proven
            values.update(
                email=email,
                invoice=invoice_sudo.name,
                amount=invoice_sudo._paynow_format_input(amount),
            )
        elif not request.env.user._is_public():
            values["email"] = request.env.user.email_normalized or ""
        return values

    def _get_missing_messages(self):
        """Return what to say for each field of the form that was left empty.

        :rtype: dict[str, str]
        """
        return {
            "email": request.env._("Please enter your billing e-mail address."),
            "invoice": request.env._("Please enter the invoice number."),
            "amount": request.env._("Please enter the amount to pay."),
        }

    def _render_form(self, values, error=None, error_field=None):
        """Render the form with the three fields.

        :param dict values: What stands in the fields, by name.
        :param str|None error: What went wrong.
        :param str|None error_field: The field in which it went wrong.
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
                "error_field": error_field,
                "is_available": bool(methods_sudo),
                "availability_report": report,
            },
        )
        if not request.httprequest.args:  # The bare page may be found by its clients.
            response.headers.remove("X-Robots-Tag")
        return response

    def _render(self, template, values, status=200):
        """Render a page of ours; none of them may be kept, framed or named to others.

        :param str template: The xmlid of the template.
        :param dict values: Its values.
        :param int status: The HTTP status.
        """
        login = self._get_company()._get_paynow_login_button()
        response = request.render(template, {"login": login, **values}, status=status)
        response.headers.update(
            {
                "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer",
                "X-Frame-Options": "SAMEORIGIN",
                "Content-Security-Policy": "frame-ancestors 'self'",
                "X-Robots-Tag": "noindex",
            }
        )
        return response
