# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from math import ceil

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.misc import hmac

from ..utils import get_client_key

# Nothing of ours may be kept, framed, found by its token or named to another website.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Robots-Tag": "noindex",
}


class PaynowPage(http.Controller):
    """What all our routes share: whose page it is, who visits it, how it is sent."""

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
        """Return the payments that this visitor began and did not end.

        :rtype: payment.transaction
        """
        return (
            request.env["payment.transaction"]
            .sudo()
            .search(
                [("paynow_visitor", "=", self._get_visitor()), ("state", "=", "draft")]
            )
        )  # In sudo mode as visitors can't read transactions.

    def _get_visitor(self):
        """Return what tells this browser session from others, and says nothing more.

        :rtype: str
        """
        return hmac(request.env(su=True), "paynow_module.visitor", request.session.sid)

    def _get_client_ip(self):
        """Return the address by which this visitor is counted.

        :rtype: str
        """
        return get_client_key(request.httprequest.remote_addr)

    def _is_own_form(self, csrf_token):
        """Tell whether a form was sent from a page of this session, not too long ago.

        :param csrf_token: What the form sent as its token.
        :rtype: bool
        """
        return isinstance(csrf_token, str) and request.validate_csrf(csrf_token)

    def _get_captcha_error(self, action):
        """Verify the captcha, if the website has one.

        :param str action: What is protected, as named in the form.
        :return: What to tell the visitor if it doesn't pass, else None.
        :rtype: str|None
        """
        try:
            request.env["ir.http"]._verify_request_recaptcha_token(action)
        except UserError as error:  # A `ValidationError` is one, too.
            return str(error)
        return None

    def _render_wait(self, seconds):
        """Render the page that asks a visitor to come back later.

        :param int seconds: In how many seconds.
        """
        response = self._render(
            "paynow_module.wait", {"minutes": ceil(seconds / 60)}, status=429
        )
        response.headers["Retry-After"] = str(seconds)
        return response

    def _render(self, template, values, status=200):
        """Render a page of ours.

        :param str template: The xmlid of the template.
        :param dict values: Its values.
        :param int status: The HTTP status.
        """
        ways_on = self._get_company()._get_paynow_ways_on()
        response = request.render(template, {"login": ways_on, **values}, status=status)
        response.headers.update(HEADERS)
        return response

    def _redirect(self, url):
        """Send the browser to another page of ours, as silently as the pages are.

        :param str url: The address.
        """
        response = request.redirect(url, code=303)
        response.headers.update(HEADERS)
        return response
