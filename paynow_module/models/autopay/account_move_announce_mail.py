# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import format_date


class AccountMove(models.Model):
    """What the mails about automatic payment say of an invoice."""

    _inherit = "account.move"

    def _paynow_get_announced(self):
        """Return what the notice of a payment says, as plain values.

        :return: The values, as {'date': str, 'amount': str, 'method': str, …}; in an
            edited template that is tried out without a notice, of the next payment.
        :rtype: dict
        """
        self.ensure_one()
        notice = self.env["paynow.notice"].browse(
            self.env.context.get("paynow_announcement")
        )
        choice = self.paynow_autopay_id
        runs = [] if notice else self._paynow_get_autopay_runs()
        date = notice.charge_date or (
            runs[0].date if runs else self.paynow_autopay_date or self.invoice_date_due
        )
        amount = notice.amount or (runs[0].amount if runs else self.amount_residual)
        lines = notice.charge_line_ids
        items = [item for item in self._paynow_get_open_items() if item.line in lines]
        numbers = [item.number for item in items] or [self.name]
        return {
            "date": format_date(self.env, date) if date else "",
            "amount": self._paynow_format(amount),
            "number": ", ".join(number for number in numbers if number),
            "method": choice.method_name,
            "mandate": choice.mandate_id.reference,
            # Without one while an update makes them, see `_render_copy` of the choice.
            "rights": choice.mandate_id._get_rights() if choice.mandate_id else "",
            "pay_url": self.paynow_url,
            "pause_url": choice._get_link("pause", self) if choice else "",
            "stop_url": choice._get_link("stop", self) if choice else "",
        }

    def _paynow_render_announced(self):
        """Return the table and the links of the notice of a payment.

        :rtype: Markup
        """
        self.ensure_one()
        values = self._paynow_get_announced()
        return self.env["ir.qweb"]._render(
            "paynow_module.mail_autopay_notice",
            {
                **values,
                "rows": [
                    (self.env._("Amount"), values["amount"]),
                    (self.env._("Day"), values["date"]),
                    (self.env._("Invoice"), values["number"]),
                    (self.env._("With"), values["method"]),
                    (self.env._("Authorization"), values["mandate"]),
                ],
            },
        )

    def _paynow_get_autopay_advice(self):
        """Return what the client can do about an automatic payment that failed.

        :return: A sentence, by the reason.
        :rtype: str
        """
        self.ensure_one()
        return {
            "declined": self.env._(
                "Ask your bank for the reason, or pay with another card or account."
            ),
            "expired": self.env._(
                "Pay with another card, and save it for the next invoices."
            ),
            "returned": self.env._(
                "Your bank sent the payment back. Ask it for the reason, and pay in"
                " another way."
            ),
            "removed": self.env._(
                "You removed the payment method. Pay with another one, and save it if"
                " the next invoices are to be paid automatically."
            ),
            "limit": self.env._(
                "You set this limit yourself. Pay this invoice now, or raise the limit"
                " for the next ones."
            ),
            "unsupported": self.env._("Pay this invoice with another payment method."),
            "authentication": self.env._(
                "Your bank wants you to confirm this payment yourself. Press the button"
                " and pay: your bank asks you then."
            ),
        }.get(self.paynow_autopay_reason, "")
