# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request

from ..exceptions import PaynowRefusal
from ..models.payment.payment_transaction import LANDING_ROUTE


class PaynowCheckout(http.Controller):
    """The page of a proven invoice, on which the payer chooses a method.

    `/PAYNOW/checkout/<proof>` shows the invoice and its payment methods; the payment
    form on it calls `/PAYNOW/transaction/<invoice>`, see `payment.py`.
    """

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
        return self._paynow_render_checkout(proof)

    @http.route(
        "/PAYNOW/checkout/<string:proof>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, so that an old page loses nothing that was typed.
    )
    def paynow_change_amount(self, proof, csrf_token=None, choice="", amount="", **_kw):
        """Lead to the checkout of the same invoice with another amount.

        :param str proof: The proof from the look-up.
        :param str csrf_token: The token of the form.
        :param str choice: An amount that the page offered.
        :param str amount: Another amount, as typed.
        """
        page = request.env["paynow.page"]
        proven = request.env["account.move"]._paynow_read_proof(
            page._get_company(), proof
        )
        # A file in place of a text is none.
        text = next((t for t in (choice, amount) if t and isinstance(t, str)), "")
        if not proven:
            return self._paynow_render_checkout(proof)
        if not page._is_own_form(csrf_token):
            error = request.env._(
                "This page was open for too long. Nothing is lost: please press"
                " Continue again."
            )
            return self._paynow_render_checkout(
                proof, {"error": error, "typed": text[:40]}
            )
        invoice_sudo = proven.invoice_sudo
        try:
            value = invoice_sudo._paynow_check_amount(text, page._get_visitor())
        except PaynowRefusal as refusal:
            return self._paynow_render_checkout(
                proof, {"error": str(refusal), "typed": text[:40]}
            )
        proof = invoice_sudo._paynow_sign(value, proven.email, proven.source)
        return page._redirect(f"/PAYNOW/checkout/{proof}")

    def _paynow_render_checkout(self, proof, wrong=None):
        """Render the page of a proven invoice.

        :param str proof: The proof from the look-up.
        :param dict wrong: The other amount that can't be paid, as `typed`, and why, as
            `error`.
        """
        page = request.env["paynow.page"]
        Invoice = request.env["account.move"]
        if response := page._render_off(Invoice._paynow_read_proof, proof):
            return response
        proven = Invoice._paynow_read_proof(page._get_company(), proof)
        if not proven:
            return page._render("paynow_module.expired", {}, status=403)
        invoice_sudo, amount = proven.invoice_sudo, proven.amount
        company_sudo = invoice_sudo.company_id  # A branch may be paid here, too.
        if response := page._render_nothing_to_pay(invoice_sudo, amount, proof):
            return response
        report = {}
        providers_sudo, methods_sudo = request.env[
            "payment.provider"
        ]._paynow_get_options(
            company_sudo,
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
            "landing_route": LANDING_ROUTE,
            "access_token": proof,
        }
        summary = invoice_sudo._paynow_get_summary(amount, page._get_visitor())
        largest = not methods_sudo and invoice_sudo._paynow_prepare_largest(
            request.website
        )
        if largest:
            summary["choices"] = [largest]
        values = {
            "invoice": summary,
            "largest": largest,
            "company_name": company_sudo.name,
            "email": proven.email,
            "proof": proof,
            "error": None,
            "typed": "",
            **(wrong or {}),
        }
        return page._render("paynow_module.checkout", {**values, **payment_context})
