# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models
from odoo.http import request

from ...const import PAYABLE_TYPES

LINKS_KEY = "paynow_links"
RECEIPTS_KEY = "paynow_receipts"
DISOWNED_KEY = "paynow_disowned"
MAX_KEPT = 20  # Of each, in one session.


class PaynowPage(models.AbstractModel):
    """What a browser came with by mail: exchanged on arrival for an address of ours.

    The session keeps it, on the server: histories, referrers and logs then hold nothing
    that another browser could use.
    """

    _inherit = "paynow.page"

    @api.model
    def _keep_link(self, invoice_sudo, token, source):
        """Keep the mailed link with which a browser came.

        :param account.move invoice_sudo: The invoice that the link names.
        :param str token: The token of the link.
        :param str source: Where it stood, as a source of `paynow.attempt`.
        """
        kept = {**request.session.get(LINKS_KEY, {})}
        kept.pop(str(invoice_sudo.id), None)  # The latest come last.
        kept[str(invoice_sudo.id)] = [token, source]
        request.session[LINKS_KEY] = dict([*kept.items()][-MAX_KEPT:])

    @api.model
    def _get_links(self):
        """Return the mailed links with which this browser came.

        :return: For each invoice, by its id as text, the token and where it stood.
        :rtype: dict[str, list[str]]
        """
        return request.session.get(LINKS_KEY, {})

    @api.model
    def _read_link(self, invoice_id):
        """Return what the mailed link names with which this browser came.

        :param int invoice_id: The invoice, as an `account.move` id.
        :return: The sudoed invoice, the address, and where the link stood; None if it
            came with none for this invoice, or that is no longer good.
        :rtype: tuple[account.move, str, str]|None
        """
        token, source = self._get_links().get(str(invoice_id), (None, None))
        named = token and self.env["account.move"]._paynow_read_link(
            self._get_site_company(), token
        )
        return (*named, source) if named else None

    @api.model
    def _is_known(self, invoice_sudo):
        """Tell whether who visits got this invoice from us: by mail or as its client.

        What strangers begin stands in their way no more than it must.

        :param account.move invoice_sudo: The invoice.
        :rtype: bool
        """
        user = self.env.user
        if not user._is_public() and (  # Of whom nothing else is asked.
            user.partner_id.commercial_partner_id == invoice_sudo.commercial_partner_id
        ):
            return True
        return bool(
            self._read_link(invoice_sudo.id) or self._has_client_of(invoice_sudo)
        )

    @api.model
    def _is_client(self, company):
        """Tell whether who visits is logged in as one of us or of our clients.

        That somebody logged in tells little: a website may let anybody register.

        :param res.company company: The company of the page.
        :rtype: bool
        """
        user_sudo = self.env.user.sudo()  # As clients can't read invoices.
        if user_sudo._is_public() or user_sudo._is_internal():
            return user_sudo._is_internal()
        return bool(
            self.env["account.move"]
            .sudo()
            .search_count(
                [
                    (
                        "commercial_partner_id",
                        "=",
                        user_sudo.partner_id.commercial_partner_id.id,
                    ),
                    ("company_id", "in", company._paynow_get_served().ids),
                    ("move_type", "in", PAYABLE_TYPES),
                    ("state", "=", "posted"),
                ],
                limit=1,
            )
        )

    @api.model
    def _disown(self, invoice_sudo):
        """Keep that what strangers have on its way to an invoice is not this payer's.

        :param account.move invoice_sudo: The invoice, of which they got a link.
        """
        kept = [id_ for id_ in self._get_disowned() if id_ != invoice_sudo.id]
        request.session[DISOWNED_KEY] = [*kept, invoice_sudo.id][-MAX_KEPT:]

    @api.model
    def _get_disowned(self):
        """Return the invoices of which this browser told that, see `_disown`.

        :rtype: list[int]
        """
        return request.session.get(DISOWNED_KEY, [])

    @api.model
    def _keep_receipt(self, tx_sudo):
        """Keep that a browser came by the mailed address of a receipt.

        :param payment.transaction tx_sudo: The payment.
        """
        kept = [id_ for id_ in self._get_receipts() if id_ != tx_sudo.id]
        request.session[RECEIPTS_KEY] = [*kept, tx_sudo.id][-MAX_KEPT:]

    @api.model
    def _get_receipts(self):
        """Return the payments whose receipts were mailed to whoever uses this browser.

        :rtype: list[int]
        """
        return request.session.get(RECEIPTS_KEY, [])

    @api.model
    def _render_expired(self):
        """Render the page of what no longer works, or not in this browser."""
        has_cookie = bool(request.httprequest.cookies.get("session_id"))
        return self._render(
            "paynow_module.expired", {"needs_cookie": not has_cookie}, status=403
        )
