# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.http import Controller, request, route


class PaynowCard(Controller):
    @route(
        "/my/payment_method/<int(max=2147483647):token_id>/nickname",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def paynow_nickname(self, token_id, nickname="", **kwargs):
        """Give a saved card of the visitor a name; lead back to the page with them.

        :param int token_id: The card, as a `payment.token` id.
        :param str nickname: Its new name; nothing takes the old one away.
        :param dict kwargs: Unused.
        """
        if not request.env["payment.token"]._paynow_rename(
            request.env.user.partner_id, token_id, nickname
        ):
            return request.not_found()
        return request.redirect("/my/payment_method", code=303)
