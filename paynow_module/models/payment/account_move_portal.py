# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

from ...exceptions import PaynowRefusal
from ...utils import format_money


class AccountMove(models.Model):
    """What may be paid on invoices in Odoo's own customer portal."""

    _inherit = "account.move"

    def _paynow_filter_shown(self):
        """Return those that who is logged in may see in the customer portal.

        Their own rights tell: by rules of other add-ons, some contacts see less than
        all of their client's. The portal shows sale receipts to nobody; ours does,
        where nothing else is hidden.

        :return: Documents of one client, with the rights of before.
        :rtype: account.move
        """
        receipts = self.filtered(lambda move: move.move_type == "out_receipt")
        invoices = self - receipts
        shown = invoices.sudo(False)._filtered_access("read").sudo(self.env.su)
        return self if shown == invoices else shown

    def _paynow_guard_portal(self, form, partner, visitor=None):
        """Keep payments of the customer portal to our rules; called where they hold.

        :param dict form: What the payment form sent; nothing in it is trusted.
        :param res.partner partner: Who pays.
        :param str visitor: See `_paynow_get_payable`.
        :raise PaynowRefusal: If these invoices can't be paid with it now.
        """
        currency = self.currency_id[:1]
        amount = form.get("amount")
        self._paynow_lock()
        known = self.with_context(paynow_is_known=True)  # By login, or by Odoo's link.
        payable = sum(move._paynow_get_payable(visitor) for move in known)
        if (
            form.get("is_validation")
            or len(self.company_id) > 1
            or type(amount) not in (int, float)
            or not 0 < amount < float("inf")
            or abs(currency.round(amount) - amount) > 1e-6  # Sums are not exact.
            or currency.compare_amounts(amount, payable) > 0
        ):
            raise PaynowRefusal(
                self.env._(
                    "This amount can't be paid now. %(payable)s is still to pay,"
                    " payments that are being processed deducted.",
                    payable=format_money(payable, currency, self.env.lang),
                )
            )
        providers_sudo = (
            self.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                self.company_id.id, partner.id, amount, currency.id
            )
        )  # In sudo mode as clients can't read providers.
        if form.get("provider_id") not in providers_sudo.ids:
            raise PaynowRefusal(
                self.env._("Please choose one of the payment methods on the page.")
            )
