# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from .common_attempts import PaynowAttemptCommon


class PaynowLinkCommon(PaynowAttemptCommon):
    """Links to an invoice, on a database whose address is known."""

    def setUp(self):
        super().setUp()
        self.set_param = self.env["ir.config_parameter"].sudo().set_param
        self.website.sudo().domain = False
        self.set_param("web.base.url", "https://books.example.com")

    def _open(self, token, **kwargs):
        """Open a mailed link."""
        return self.url_open(f"/PAYNOW?link={token}", **kwargs)
