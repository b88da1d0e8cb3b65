# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
import time

from odoo import api, models
from odoo.http import Response, get_default_session, request
from odoo.tools import config, ormcache

PAGE_VALIDITY = 60  # Seconds for which a change elsewhere may go unseen.


class PageNotKept(Exception):
    """A page that is not to be kept for others."""

    def __init__(self, response):
        super().__init__()
        self.response = response


class Website(models.Model):
    """The bare page, rendered once for all who aren't logged in."""

    _inherit = "website"

    def _paynow_get_page(self, render, *key):
        """Return the bare page: from the cache, like Odoo's own website pages.

        What is the visitor's own is put in afterwards: the tokens of the forms. A page
        that offers no payment is never kept, nor one for somebody whose session holds
        anything: other modules may show it.

        :param render: The function that renders it and returns the response.
        :param key: What the page depends on besides the website and the language.
        :rtype: odoo.http.Response
        """
        self.ensure_one()
        if not self._paynow_may_cache():
            return render()
        key = (*self._paynow_get_key(), *key)
        try:
            html, headers = self._paynow_get_kept(
                key, lambda: self._paynow_prepare_kept(render())
            )
        except PageNotKept as not_kept:
            return not_kept.response
        return Response(put_tokens(html, request.csrf_token(None)), headers=headers)

    def _paynow_get_key(self):
        """Return what every page of a website depends on.

        :rtype: tuple
        """
        return (
            *self.env["website.page"]._get_cache_key(request),
            request.httprequest.url_root,  # Its head names it, whatever a proxy says.
            # Who refused cookies gets no page of somebody who accepted them.
            not self._paynow_get_kept(
                ("cookies", self.id), self._paynow_has_cookies_bar
            )
            or self.env["ir.http"]._is_allowed_cookie("optional"),
        )

    def _paynow_has_cookies_bar(self):
        """Tell whether visitors choose which cookies they take.

        :rtype: bool
        """
        self.fetch(["cookies_bar"])  # All that is asked of sixty columns.
        return self.cookies_bar

    def _paynow_get_front(self):
        """Return what the bare page shows of the company.

        It is kept: what is changed on the company or the website empties the cache, and
        with it the pages; what is changed on the company's contact is seen in a minute.

        :return: Whether Pay Now is on; the ways on that every page offers.
        :rtype: tuple[bool, tuple]
        """
        self.ensure_one()
        return self._paynow_get_kept(
            ("front", self.id, self.env.lang), self._paynow_read_front
        )

    def _paynow_read_front(self):
        """Read what `_paynow_get_front` keeps."""
        company_sudo = self.env["paynow.page"]._get_site_company()
        return (
            company_sudo.paynow_enabled,
            tuple(company_sudo._paynow_get_ways_on().values()),
        )

    def _paynow_may_cache(self):
        """Tell whether this request is one of those that are all answered alike.

        :rtype: bool
        """
        return (
            request.httprequest.method == "GET"
            and not request.httprequest.args
            and self.env.user._is_public()
            and "xml" not in config["dev_mode"]
            and not any(
                value
                for name, value in request.session.items()
                if name not in get_default_session()
            )
        )

    @ormcache("key", "self._paynow_get_minute()", cache="templates.cached_values")
    def _paynow_get_kept(self, key, make):
        """Return what is kept under a key, made anew once a minute.

        :param tuple key: The key.
        :param make: The function that makes it.
        """
        return make()

    @api.model
    def _paynow_get_minute(self):
        """Return what changes once a minute, as a part of a key.

        :rtype: int
        """
        return int(time.time() // PAGE_VALIDITY)

    def _paynow_prepare_kept(self, response):
        """Return what is kept of a response: its text and headers.

        :param odoo.http.Response response: The page.
        :rtype: tuple[str, list]
        :raise PageNotKept: If it is none to keep.
        """
        response.flatten()
        html = response.get_data(as_text=True)
        if (
            response.status_code != 200
            or 'id="o_paynow_form"' not in html
            or not self.env["website.page"]._allow_cache_insertion(html)
        ):
            raise PageNotKept(response)
        headers = [item for item in response.headers if item[0] != "Content-Length"]
        return html, headers


def put_tokens(html, token):
    """Return a page with the tokens of one visitor's session in place of another's.

    As in `_post_process_response_from_cache` of `website`.

    :param str html: The page.
    :param str token: The token.
    :rtype: str
    """
    html = re.sub(r'csrf_token: "[^"]+"', f'csrf_token: "{token}"', html)
    return re.sub(
        r'name="csrf_token" value="[^"]+"',
        f'name="csrf_token" value="{token}"',
        html,
    )
