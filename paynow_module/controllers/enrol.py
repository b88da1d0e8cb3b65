# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import UserError
from odoo.http import request, route

from .code import PaynowCode


class PaynowEnrol(PaynowCode):
    """Automatic payment of the next invoices, at the end of a guest's payment.

    1. From the receipt to a code, mailed to the billing address of the invoice.
    2. Behind the code: what is paid automatically, and when.
    3. The words, and the provider's own saving of a method: never that of the payment
       just made, and none that was saved before. Its transaction: `enrol_payment.py`.
    """

    @route(
        "/PAYNOW/autopay/<string:proof>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_enrol(self, proof, **_kwargs):
        """Tell what follows, and offer to mail the code.

        :param str proof: The proof of the invoice that was paid.
        """
        page = request.env["paynow.page"]
        proven = self._paynow_read_guest_proof(proof)
        if not proven:
            return page._render_expired()
        company_name = proven.invoice_sudo.company_id.name
        return page._render(
            "paynow_module.enrol",
            {**self._paynow_get_ways(proof, "autopay"), "company_name": company_name},
        )

    @route(
        "/PAYNOW/autopay/<string:proof>/code",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_enrol_code(self, proof, **_kwargs):
        """Show the form for the code that this browser asked for.

        :param str proof: The proof of the invoice that was paid.
        """
        if not self._paynow_read_guest_proof(proof):
            return request.env["paynow.page"]._render_expired()
        return self._paynow_show_code(proof, "autopay")

    @route(
        "/PAYNOW/autopay/<string:proof>/code",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, as for the look-up.
    )
    def paynow_enrol_request(self, proof, csrf_token=None, **_kwargs):
        """Have a code mailed to the billing address of the invoice, if there is one.

        :param str proof: The proof of the invoice that was paid.
        :param str csrf_token: The token of the form.
        """
        if not self._paynow_read_guest_proof(proof):
            return request.env["paynow.page"]._render_expired()
        return self._paynow_request_code(proof, "autopay", csrf_token)

    @route(
        "/PAYNOW/autopay/<string:proof>/check",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, so that an old page loses nothing that was typed.
    )
    def paynow_enrol_check(self, proof, csrf_token=None, code="", **_kwargs):
        """Open the choices to whom types the code.

        :param str proof: The proof of the invoice that was paid.
        :param str csrf_token: The token of the form.
        :param str code: The code, as typed.
        """
        if not self._paynow_read_guest_proof(proof):
            return request.env["paynow.page"]._render_expired()
        return self._paynow_check_code(proof, "autopay", csrf_token, code)

    @route(
        "/PAYNOW/autopay",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_enrol_choose(self, **_kwargs):
        """Show what can be paid automatically."""
        page = request.env["paynow.page"]
        page._check_guests()
        enrolment = page._get_enrolment()
        if not enrolment:
            return page._render_expired()
        return self._paynow_render_choices(enrolment)

    @route(
        "/PAYNOW/autopay/save",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def paynow_enrol_save(self, invoice="", day="", medium="", **_kwargs):
        """Show the words and the provider's form for what was chosen.

        :param str invoice: The one invoice, if it is about one.
        :param str day: The day on which it is paid, if not its due date.
        :param str medium: From what, `card` or `bank`; what is offered first if none.
        """
        page = request.env["paynow.page"]
        page._check_guests()
        enrolment = page._get_enrolment()
        if not enrolment:
            return page._render_expired()
        try:
            order = page._read_enrolment_order(enrolment, invoice, day, medium)
        except UserError as error:
            return self._paynow_render_choices(enrolment, str(error), invoice, day)
        return page._render_saving(enrolment, order)

    # === PURPOSES === #

    def _paynow_get_ways(self, proof, purpose):
        """Override of our own to stay on the way to automatic payment."""
        if purpose != "autopay":
            return super()._paynow_get_ways(proof, purpose)
        url = f"/PAYNOW/autopay/{proof}"
        return {"back_url": url, "code_url": f"{url}/code", "check_url": f"{url}/check"}

    def _paynow_get_code_opened(self, invoice_sudo, purpose):
        """Override of our own to ask for a code each time."""
        if purpose != "autopay":
            return super()._paynow_get_code_opened(invoice_sudo, purpose)
        return None

    def _paynow_open(self, proven, email, purpose):
        """Override of our own to open the choices."""
        if purpose != "autopay":
            return super()._paynow_open(proven, email, purpose)
        request.env["paynow.page"]._keep_enrolment(proven.invoice_sudo, email)
        return "/PAYNOW/autopay"

    # === HELPERS === #

    def _paynow_read_guest_proof(self, proof):
        """Return what was proven, where automatic payment is offered to guests.

        :param str proof: The proof of the invoice that was paid.
        :rtype: Proof|None
        """
        request.env["paynow.page"]._check_guests()
        proven = self._paynow_read_proof(proof)
        if not proven or not proven.invoice_sudo.company_id._paynow_takes_guests():
            return None
        return proven

    def _paynow_render_choices(self, enrolment, error=None, invoice="", day=""):
        """Render the page of the choices.

        :param Enrolment enrolment: Who chooses.
        :param str error: What is wrong with what was chosen, if anything.
        :param str invoice, day: What was chosen, to show it again.
        """
        page = request.env["paynow.page"]
        values = page._prepare_enrolment(enrolment)
        return page._render(
            "paynow_module.enrol_choices",
            {**values, "error": error, "chosen": {"invoice": invoice, "day": day}},
        )
