# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import base64
from urllib.parse import urlencode

from odoo import fields, models
from odoo.tools.image import image_data_uri

SIZE = 300  # Pixels.


class AccountMove(models.Model):
    """The QR codes by which an invoice is paid: on screen and on paper."""

    _inherit = "account.move"

    paynow_qr = fields.Binary(
        string="Pay Now QR code",
        compute="_compute_paynow_qr",
        help="Opens the Pay Now page with this invoice filled in.",
    )

    def _compute_paynow_qr(self):
        for invoice in self:
            url = invoice.paynow_url
            invoice.paynow_qr = url and invoice._paynow_draw_qr(f"{url}&source=qr")

    def _paynow_draw_qr(self, url):
        """Return a picture of a QR code.

        :param str url: What it says.
        :return: The picture, encoded in base64.
        :rtype: bytes
        """
        # Level M is read even when a seventh of the code is stained or folded.
        picture = self.env["ir.actions.report"].barcode(
            "QR", url, width=SIZE, height=SIZE, barLevel="M"
        )
        return base64.b64encode(picture)

    def _paynow_get_printed_qr(self):
        """Return the QR code that is printed on this invoice, if one is.

        :return: The code as `image`, a data URI; the `url` that it says, the `address`
            to type instead, and whether the amount `is_filled_in`; or None.
        :rtype: dict|None
        """
        self.ensure_one()
        # In sudo mode as whoever prints may not read the settings of the company.
        company_sudo = self.company_id.sudo()
        if not company_sudo.paynow_qr_enabled or not self.sudo()._paynow_is_linkable():
            return None
        link = company_sudo.paynow_qr_target == "link" and self.paynow_url
        page = company_sudo.paynow_address
        values = {"source": "qr"} if link else {"invoice": self.name, "source": "qr"}
        url = f"{link}&{urlencode(values)}" if link else f"{page}?{urlencode(values)}"
        return {
            "image": image_data_uri(self._paynow_draw_qr(url)),
            "url": url,
            "address": page.partition("://")[2],
            "is_filled_in": bool(link),
        }
