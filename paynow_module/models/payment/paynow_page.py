# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from secrets import token_urlsafe

from werkzeug.exceptions import BadRequest

from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import STORED_SESSION_BYTES, request
from odoo.tools.misc import hmac

from ...const import HEADERS
from ...exceptions import PaynowRefusal
from ...utils import format_wait, get_client_key

#: What our pages read of a company; see `_get_company_fields`.
COMPANY_FIELDS = (
    "currency_id",
    "email",
    "name",
    "parent_path",
    "partner_id",
    "paynow_cards_hidden_until",
    "paynow_enabled",
    "paynow_login_label",
    "paynow_login_url",
    "paynow_safety_level",
    "paynow_serves_branches",
    "paynow_zone",
    "phone",
)
#: What our frame reads of the website, and Odoo of it for each link and picture there.
FRAME_FIELDS = (
    "block_third_party_domains",
    "cdn_activated",
    "cdn_url",
    "cookies_bar",
    "name",
    "user_id",
    "write_date",
)


class PaynowPage(models.AbstractModel):
    """What all our routes share: whose page it is, who visits it, how it is sent.

    No controller, so that whoever extends it is asked by all of them.
    """

    _name = "paynow.page"
    _description = "Pay Now Page"

    @api.model
    def _get_company(self):
        """Return the company whose invoices this website takes payments for.

        :rtype: res.company
        :raise NotFound: If Pay Now is off.
        """
        company_sudo = self._get_site_company()
        if not company_sudo.paynow_enabled:
            raise request.not_found()
        return company_sudo

    @api.model
    def _get_site_company(self):
        """Return the company whose website this is, also while Pay Now is off.

        :rtype: res.company
        """
        # In sudo mode as visitors can't read all of a company.
        company_sudo = request.website._paynow_get_company().sudo()
        # Where they weren't read already.
        company_sudo.fetch(self._get_company_fields())
        return company_sudo

    @api.model
    def _get_company_fields(self):
        """Return what our pages read of a company, which has a hundred columns more.

        One that is not listed costs a query of its own: `autopay` adds its own.

        :rtype: list[str]
        """
        return list(COMPANY_FIELDS)

    @api.model
    def _get_visitor(self):
        """Return what tells this browser session from others, and says nothing more.

        Odoo renews the other bytes of a session's id now and then.

        :rtype: str
        """
        session_id = request.session.sid[:STORED_SESSION_BYTES]
        return hmac(self.env(su=True), "paynow_module.visitor", session_id)

    @api.model
    def _get_client_ip(self):
        """Return the address by which this visitor is counted.

        :rtype: str
        """
        return get_client_key(request.httprequest.remote_addr)

    @api.model
    def _is_own_form(self, csrf_token):
        """Tell whether a form was sent from a page of this session, not too long ago.

        :param csrf_token: What the form sent as its token.
        :rtype: bool
        """
        return isinstance(csrf_token, str) and request.validate_csrf(csrf_token)

    @api.model
    def _explain_old_form(self):
        """Return what to tell whose form was not sent from a page of this session.

        :rtype: str
        """
        if not request.httprequest.cookies.get("session_id"):
            return self.env._(
                "Your browser keeps no cookie of this page, which it needs until you"
                " have paid. Please allow cookies for it, and press Continue again."
            )
        return self.env._(
            "This page was open for too long. Nothing is lost: please press Continue"
            " again."
        )

    @api.model
    def _check_own_form(self, csrf_token):
        """Refuse a form that was not sent from a page of this session.

        :param csrf_token: See `_is_own_form`.
        :raise BadRequest: If it wasn't.
        """
        if not self._is_own_form(csrf_token):
            raise BadRequest("Session expired (invalid CSRF token)")

    @api.model
    def _get_captcha_error(self, action):
        """Verify the captcha, if the website has one.

        :param str action: What is protected, as named in the form.
        :return: What to tell the visitor if it doesn't pass, else None.
        :rtype: str|None
        """
        try:
            self.env["ir.http"]._verify_request_recaptcha_token(action)
        except UserError as error:  # A `ValidationError` is one, too.
            return str(error)
        return None

    @api.model
    def _render_wait(self, seconds):
        """Render the page that asks a visitor to come back later.

        :param int seconds: In how many seconds.
        """
        wait = format_wait(seconds, self.env.lang)
        response = self._render("paynow_module.wait", {"wait": wait}, status=429)
        response.headers["Retry-After"] = str(seconds)
        return response

    @api.model
    def _render(self, template, values, status=200, is_listed=False, is_framed=True):
        """Render a page of ours.

        :param str template: The xmlid of the template.
        :param dict values: Its values.
        :param int status: The HTTP status.
        :param bool is_listed: Whether search engines may list it. Else its head names
            no address of it, which may hold a token.
        :param bool is_framed: Whether the page stands in our own frame, where nothing
            of the website runs.
        """
        nonce = token_urlsafe(16)
        values = {
            "login": self._get_site_company()._paynow_get_ways_on(),
            "csp_nonce": nonce,
            **values,
        }
        if not is_listed:
            values.update(paynow_is_private=True, main_object=self.env["ir.ui.view"])
        response = request.render(template, values, status=status)
        response.headers.update(HEADERS)
        if is_listed:
            response.headers.remove("X-Robots-Tag")
        if is_framed:
            request.website.fetch(FRAME_FIELDS)
            providers_sudo = values.get("providers_sudo", ())
            response.headers.update(self._prepare_policy(nonce, providers_sudo))
        return response

    @api.model
    def _render_off(self, read, token):
        """Render the page for who has a link from before Pay Now was switched off.

        :param callable read: What reads the token, as `_paynow_read_link`.
        :param str token: The token of the address.
        :return: The page; None while Pay Now is on, and for whoever has no good token.
        """
        if not token:
            return None
        company_sudo = self._get_site_company()
        if company_sudo.paynow_enabled or not read(company_sudo, token):
            return None
        return self._render("paynow_module.switched_off", {}, status=404)

    @api.model
    def _redirect(self, url):
        """Send the browser to another page of ours, as silently as the pages are.

        :param str url: The address.
        """
        response = request.redirect(url, code=303)
        response.headers.update(HEADERS)
        return response

    @api.model
    def _render_nothing_to_pay(self, invoice_sudo, amount, proof=None, disown_url=None):
        """Render the page that says why an amount can't be paid on a proven invoice.

        :param account.move invoice_sudo: The invoice.
        :param float amount: The amount in its currency.
        :param str|None proof: The proof, to go back and change the amount.
        :param str|None disown_url: Where to tell that what is on its way is a
            stranger's.
        """
        try:
            invoice_sudo._paynow_check_payable(amount, self._get_visitor())
        except PaynowRefusal as refusal:
            return self._render(
                "paynow_module.nothing_to_pay",
                {
                    "number": invoice_sudo.name,
                    "message": str(refusal),
                    "proof": invoice_sudo._paynow_get_payable() and proof,
                    "disown_url": disown_url,
                },
            )
        return None
