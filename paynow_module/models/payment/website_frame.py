# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from markupsafe import Markup

from odoo import models
from odoo.http import Response, request

from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from .website import put_tokens

# Where in a kept frame the page's own parts go; none of them is valid in a page.
CONTENT, TITLE, TOKEN = "<!--\x02-->", "\x02title\x02", "\x02token\x02"
MIN_TOKEN_LENGTH = 50  # Characters; ours are longer, and occur nowhere by chance.


class Website(models.Model):
    """The website around a page of ours, rendered once for all who aren't logged in.

    Head, menus and footer are most of the work of a page and the same for everybody.
    What a page says of an invoice is rendered each time, and never comes near the
    cache: it is put into the frame afterwards.
    """

    _inherit = "website"

    def _paynow_render(self, template, values, token):
        """Return a page of ours in a kept frame; None where it must be rendered whole.

        :param str template: The xmlid of a template that calls `paynow_module.layout`.
        :param dict values: Its values.
        :param str token: The token in the address of the page, which we have verified.
        :rtype: odoo.http.Response|None
        """
        self.ensure_one()
        if len(token) < MIN_TOKEN_LENGTH or not self._paynow_may_cache(
            # By it, the status page finds the payment; no page shows it.
            harmless={PaymentPostProcessing.MONITORED_TX_ID_KEY}
        ):
            return None
        key = (
            *(
                part.replace(token, TOKEN) if isinstance(part, str) else part
                for part in self._paynow_get_key()
            ),
            template,
            request.httprequest.url_root,  # Some modules name it in the head.
        )
        frame = self._paynow_get_kept(
            key, lambda: self._paynow_make_frame(template, token)
        )
        if not frame:
            return None
        View = self.env["ir.ui.view"]
        values = {**values, "request": request, "paynow_part": "content"}
        # As plain strings: joined to what is markup, they would be escaped.
        page = str(View._render_template(template, values)).strip()
        title, _end, content = page.partition("</title>")
        head, foot = (
            put_tokens(part, request.csrf_token(None))
            .replace(TITLE, title.removeprefix("<title>").strip())
            .replace(TOKEN, token)
            for part in frame
        )
        return Response(head + content + foot)

    def _paynow_make_frame(self, template, token):
        """Return the website before and after the content of a page.

        :param str template: See `_paynow_render`, as the other.
        :return: Both parts; None where they can't be kept for others.
        :rtype: tuple[str, str]|None
        """
        View = self.env["ir.ui.view"]
        values = {
            "request": request,
            # What search engines are told is set on the page.
            "main_object": View._get_template_view(template).sudo(),
            "page_title": TITLE,
            "content": Markup(CONTENT),
        }
        html = str(View._render_template("paynow_module.frame", values))
        parts = html.replace(token, TOKEN).split(CONTENT)
        if len(parts) != 2 or not self.env["website.page"]._allow_cache_insertion(html):
            return None
        return tuple(parts)
