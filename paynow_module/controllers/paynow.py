# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request
from odoo.tools.translate import LazyTranslate

from ..exceptions import PaynowRefusal
from ..invoice_number import strip_blanks
from ..utils import is_plain_text, normalize_email

_lt = LazyTranslate(__name__)

FIELDS = ("email", "invoice", "amount")
SOURCES = ("qr", "button")  # What a link may say of where it stands.


def is_bare(_controller, _rule, _arguments):
    """Tell whether the bare page is asked for, which a replica may answer.

    What a mailed link or a proof says of an invoice must not come from an old copy.
    """
    return not request.httprequest.args


class PaynowController(http.Controller):
    """The form, and how an invoice is found: what comes after is in `checkout.py`.

    `/PAYNOW` shows the form with the three fields and, posted, looks the invoice up.
    """

    # Odoo lists the last of the paths among the website's pages.
    @http.route(
        ["/paynow", "/PAYNOW"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=is_bare,
        list_as_website_content=_lt("Pay Now"),
    )
    def paynow(
        self, proof=None, link=None, items=None, invoice="", source=None, **kwargs
    ):
        """Show the form, filled in from a mailed link or from a proof of the checkout.

        :param str proof: A proof.
        :param str link: The token of a mailed link.
        :param str items: The token of a mailed link to all that a client owes.
        :param str invoice: A number to fill in; there need not be such an invoice.
        :param str source: Where the link to the page stands, see `SOURCES`.
        :param dict kwargs: With `items`, the `currency` and what to `tick`.
        """
        page = request.env["paynow.page"]
        Invoice, Partner = request.env["account.move"], request.env["res.partner"]
        response = page._render_off(Invoice._paynow_read_link, link)
        response = response or page._render_off(Partner._paynow_read_client, items)
        if response:
            return response
        values = {**dict.fromkeys(FIELDS, ""), "invoice": invoice}
        if not (items or link or proof):
            return self._paynow_render_bare_form(values, source)
        company = page._get_company()
        if items:
            wanted = (kwargs.get("currency"), kwargs.get("tick"))
            return page._receive_client(company, items, *wanted)
        if link:
            named = Invoice._paynow_read_link(company, link)
            if not named:
                return page._render_expired()
            page._keep_link(named[0], link, source if source in SOURCES else "mail")
            return page._redirect(f"/PAYNOW/invoice/{named[0].id}")
        proven = Invoice._paynow_read_proof(company, proof)
        if not proven:
            return self._paynow_render_bare_form(values, source)
        invoice_sudo, amount = proven.invoice_sudo, proven.amount
        if proven.picks:
            return page._redirect(page._prepare_picks(proven)["url"])
        values["email"] = proven.email
        values["invoice"] = invoice_sudo.name
        values["amount"] = invoice_sudo._paynow_format_input(amount)
        return self._paynow_render_form(values, source=source, proof=proof)

    @http.route(
        ["/paynow", "/PAYNOW"],
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below, so that an old page loses nothing that was typed.
    )
    def paynow_lookup(self, csrf_token=None, source=None, **kwargs):
        """Look the invoice up and lead to the checkout.

        :param str csrf_token: The token of the form.
        :param str source: Where the link to the page stood, see `SOURCES`.
        :param dict kwargs: The fields of the form, by name.
        """
        page = request.env["paynow.page"]
        company = page._get_company()
        # A file in place of a text is none.
        values = {name: kwargs.get(name) for name in FIELDS}
        values = {k: v if isinstance(v, str) else "" for k, v in values.items()}
        error, field = self._paynow_check_form(values, csrf_token)
        if error:
            return self._paynow_render_form(values, error, field, source=source)
        visitor = {
            "ip": page._get_client_ip(),
            "email": values["email"],
            "number": values["invoice"],
        }
        # Whoever holds a link has no need to guess: it works while look-ups are closed.
        is_named = self._paynow_is_named(values)
        visitor["is_known"] = is_named or page._is_client(company)
        if is_named:
            visitor["source"] = "mail"
        has_worked = is_named or page._has_worked(kwargs, values)
        held = (company, visitor, values, source, has_worked)
        if not is_named:
            if response := self._paynow_hold(*held):
                return response
            if error := page._get_captcha_error("paynow_lookup"):
                return self._paynow_render_form(values, error, source=source)
        if source in SOURCES:
            visitor["source"] = source
        wait = request.env["paynow.limit"]._claim(
            company, "lookup", has_worked=has_worked, **visitor
        )
        if wait and not is_named:
            return self._paynow_hold(*held, wait=wait)
        Attempt = request.env["paynow.attempt"]
        try:
            invoice_sudo, amount = request.env["account.move"]._paynow_lookup(
                company, *values.values(), visitor=page._get_visitor()
            )
        except PaynowRefusal as refusal:
            # A wrong amount is named, a wrong pair isn't: only the latter is a failure.
            kind = "lookup_matched" if refusal.field else "lookup_failed"
            if not wait:
                Attempt._log(company, kind, **visitor)
            return self._paynow_render_form(
                values,
                str(refusal),
                refusal.field,
                is_failed=not refusal.field,
                source=source,
                instead=self._paynow_prepare_instead(refusal, values, visitor),
            )
        if not wait:
            visitor["invoice_id"] = invoice_sudo.id
            # Nothing that could fail is left to do.
            Attempt._record(company, "lookup_matched", **visitor)
        source = visitor.get("source", "page")
        proof = invoice_sudo._paynow_sign(amount, values["email"], source)
        return page._redirect(f"/PAYNOW/checkout/{proof}")

    # === HELPERS === #

    def _paynow_hold(self, company, visitor, values, source, has_worked, wait=0):
        """Render the page for who may not look up yet: to wait, or to work first.

        :param res.company company: The company of the page.
        :param dict visitor: Who it is, as limits count them.
        :param dict values: What stands in the fields, by name.
        :param str|None source: Where the link stood that led here, see `SOURCES`.
        :param bool has_worked: Whether the browser has worked for what was typed.
        :param int wait: For how many seconds look-ups were found closed just now.
        :return: The page; None for who may look up.
        """
        page = request.env["paynow.page"]
        seconds, bits = request.env["paynow.limit"]._get_obstacle(
            company, is_fresh=bool(wait), has_worked=has_worked, **visitor
        )
        if bits:
            source = source if source in SOURCES else None
            return page._render_work(bits, seconds, values, source)
        return page._render_wait(seconds or wait) if seconds or wait else None

    def _paynow_is_named(self, values):
        """Tell whether this browser came by a mailed link to what stands in the form.

        :param dict values: What stands in the fields, by name.
        :rtype: bool
        """
        page = request.env["paynow.page"]
        number, email = strip_blanks(values["invoice"]), values["email"]
        named = filter(None, map(page._read_link, page._get_links()))
        return any(
            invoice_sudo.name == number and link_email == normalize_email(email)
            for invoice_sudo, link_email, _source in named
        )

    def _paynow_check_form(self, values, csrf_token):
        """Check what can be checked without looking anything up.

        :param dict values: What stands in the fields, by name.
        :param str csrf_token: The token of the form.
        :return: What to tell the visitor, if anything, and the field that it is about.
        :rtype: tuple[str|None, str|None]
        """
        page = request.env["paynow.page"]
        if not page._is_own_form(csrf_token):
            return page._explain_old_form(), None
        messages = {
            "email": request.env._("Please enter your billing e-mail address."),
            "invoice": request.env._("Please enter the invoice number."),
            "amount": request.env._("Please enter the amount to pay."),
        }
        for name, message in messages.items():
            if not values[name].strip():
                return message, name
        return None, None

    def _paynow_render_form(
        self,
        values,
        error=None,
        field=None,
        is_failed=False,
        source=None,
        instead=None,
        proof=None,
    ):
        """Render the form with the three fields.

        :param dict values: What stands in the fields, by name.
        :param str|None error: What went wrong.
        :param str|None field: The field in which it went wrong.
        :param bool is_failed: Whether a look-up found nothing.
        :param str|None source: Where the link to the page stood, see `SOURCES`.
        :param dict|None instead: See `_paynow_prepare_instead`.
        :param str|None proof: The proof from which it was filled.
        """
        report = {}
        _providers, methods_sudo = request.env["payment.provider"]._paynow_get_options(
            request.env["paynow.page"]._get_company(), request.website, report=report
        )
        # What holds a token is no page of the website, on which anything may run.
        is_framed = bool(proof or instead)
        return request.env["paynow.page"]._render(
            "paynow_module.filled" if is_framed else "paynow_module.page",
            {
                "values": values,
                "error": error,
                "error_field": field,
                "source": source if source in SOURCES else None,
                "is_failed": is_failed,
                "instead": instead,
                "is_available": bool(methods_sudo),
                "availability_report": report,
            },
            # The bare page may be found by its clients.
            is_listed=not (is_framed or request.httprequest.args),
            is_framed=is_framed,
        )

    def _paynow_prepare_instead(self, refusal, values, visitor):
        """Prepare the way on for who has proven an invoice and typed too much.

        :param PaynowRefusal refusal: Why the amount can't be paid.
        :param dict values: What stands in the fields, by name.
        :param dict visitor: Who typed it, with the `source` of the visit.
        :return: The button, as {'url': str, 'text': str}; None if nothing can be paid.
        :rtype: dict|None
        """
        if not refusal.payable:
            return None
        invoice_sudo, payable = refusal.invoice, refusal.payable
        source = visitor.get("source", "page")
        proof = invoice_sudo._paynow_sign(payable, values["email"], source)
        amount = invoice_sudo._paynow_format(payable)
        return {
            "url": f"/PAYNOW/checkout/{proof}",
            "text": request.env._("Pay %(amount)s instead", amount=amount),
        }

    def _paynow_render_bare_form(self, values, source):
        """Render the form without an invoice behind it, or take it from the cache.

        :param dict values: What stands in the fields, by name.
        :param str|None source: Where the link stood that led here, see `SOURCES`.
        :raise NotFound: If Pay Now is off.
        """
        is_on, ways_on = request.website._paynow_get_front()
        if not is_on:
            raise request.not_found()
        if not is_plain_text(values["invoice"]):
            values["invoice"] = ""
        if not request.env.user._is_public():
            values["email"] = request.env.user.email_normalized or ""
        return request.website._paynow_get_page(
            lambda: self._paynow_render_form(values, source=source), *ways_on
        )
