# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.http import Controller, request, route

ROUTE = "/PAYNOW/autopay/<any(stop, pause, resume):action>"


class PaynowAutopayLink(Controller):
    """The pages to which the links in mails about automatic payment lead.

    Mail programs and scanners open links by themselves, so nothing changes until the
    button on the page is pressed. They work while Pay Now is off, too.
    """

    @route(
        ROUTE, type="http", auth="public", methods=["GET"], website=True, sitemap=False
    )
    def paynow_autopay_link(self, action, choice=None, **_kwargs):
        """Show what the link does, and a button for it.

        :param str action: `stop`, `pause` or `resume`.
        :param str choice: The token of the link.
        """
        return self._paynow_render_autopay_link(action, choice)

    @route(
        ROUTE,
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # The signed token is proof enough; a mail has no session.
    )
    def paynow_autopay_link_use(self, action, choice=None, **_kwargs):
        """Do what the link is for.

        :param str action: `stop`, `pause` or `resume`.
        :param str choice: The token of the link.
        """
        return self._paynow_render_autopay_link(action, choice, is_pressed=True)

    def _paynow_render_autopay_link(self, action, token, is_pressed=False):
        """Render the page.

        :param str action: What the link is for.
        :param str token: The token of the link.
        :param bool is_pressed: Whether the button was pressed.
        """
        page = request.env["paynow.page"]
        Autopay = request.env["paynow.autopay"]
        named = Autopay._read_link(page._get_site_company(), token)
        if not named:
            return page._render_expired()
        autopay_sudo, invoice_sudo = named
        if is_pressed:
            autopay_sudo._use_link(action, invoice_sudo)
        values = autopay_sudo._get_link_page(action, invoice_sudo)
        return page._render("paynow_module.autopay_link", {**values, "token": token})
