# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from werkzeug.exceptions import BadRequest

from odoo.http import Controller, request, route


class PaynowCard(Controller):
    @route(
        "/my/payment_method/<int(max=2147483647):token_id>/nickname",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        sitemap=False,
        csrf=False,  # Checked below: Odoo's own check fails on a file.
    )
    def paynow_nickname(self, token_id, csrf_token=None, nickname="", **kwargs):
        """Give a saved card of the visitor a name; lead back to the page with them.

        :param int token_id: The card, as a `payment.token` id.
        :param str csrf_token: The token of the form.
        :param str nickname: Its new name; nothing takes the old one away.
        :param dict kwargs: Unused.
        """
        if not isinstance(csrf_token, str) or not request.validate_csrf(csrf_token):
            raise BadRequest("Session expired (invalid CSRF token)")
        if not isinstance(nickname, str):
            raise BadRequest(request.env._("Please write a name: a file is none."))
        if not request.env["payment.token"]._paynow_rename(
            request.env.user.partner_id, token_id, nickname
        ):
            return request.not_found()
        return request.redirect("/my/payment_method", code=303)
