# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import http
from odoo.http import request

ROUTE = "/PAYNOW/reminders"


class PaynowReminders(http.Controller):
    """The page on which a client opts out of reminders and account summaries.

    A link in each of them leads there. Mail programs and scanners open links by
    themselves, so nothing changes until the button on the page is pressed.
    """

    @http.route(
        ROUTE, type="http", auth="public", methods=["GET"], website=True, sitemap=False
    )
    def paynow_reminders(self, client=None, **_kwargs):
        """Show whether the client gets reminders, and a button to change that.

        :param str client: The token of the link.
        """
        return self._paynow_render_reminders(
            client, self._paynow_get_client_sudo(client)
        )

    @http.route(
        ROUTE,
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        # The signed token is proof enough; mail programs that offer to opt out by a
        # button of their own (RFC 8058) have no session.
        csrf=False,
    )
    def paynow_reminders_set(self, client=None, wanted=None, **_kwargs):
        """Note whether the client wants reminders.

        :param str client: The token of the link.
        :param str wanted: `1` if they are wanted again.
        """
        client_sudo = self._paynow_get_client_sudo(client)
        if client_sudo:
            client_sudo._paynow_set_reminders(wanted == "1")
        return self._paynow_render_reminders(client, client_sudo)

    def _paynow_get_client_sudo(self, token):
        """Return the client whom a link names, or empty; also while Pay Now is off.

        :param str token: The token of the link.
        :rtype: res.partner
        """
        company = request.env["paynow.page"]._get_site_company()
        return request.env["res.partner"]._paynow_read_opt_out(company, token)

    def _paynow_render_reminders(self, token, client_sudo):
        """Render the page.

        :param str token: The token of the link.
        :param res.partner client_sudo: The client, if the link is genuine.
        """
        page = request.env["paynow.page"]
        if not client_sudo:
            return page._render_expired()
        return page._render(
            "paynow_module.reminders",
            {
                "token": token,
                "company_name": client_sudo.env.company.name,
                "is_wanted": not client_sudo.paynow_no_reminder,
            },
        )
