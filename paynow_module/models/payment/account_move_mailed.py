# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools.misc import get_lang

MAX_LINES = 20  # Whoever wants to read more opens the PDF.


class AccountMove(models.Model):
    """What whoever holds a mailed link sees of an invoice: it came with the mail."""

    _inherit = "account.move"

    def _paynow_prepare_mailed(self):
        """Return the invoice as its client has it, as plain values.

        :return: The values, as {'date': date, 'lines': list[dict] ('name', 'quantity'
            where it is not one, and 'amount', as text), 'hidden': str|bool (how many
            there are besides), 'taxes': str|bool, 'pdf_url': str|bool}.
        :rtype: dict
        """
        self.ensure_one()
        lines = self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        shown, point = lines[:MAX_LINES], get_lang(self.env).decimal_point
        return {
            "date": self.invoice_date,
            "lines": [
                {
                    "name": line.name or line.product_id.display_name or "",
                    "quantity": line.quantity != 1.0
                    and f"{line.quantity:g}".replace(".", point),
                    "amount": self._paynow_format(line.price_subtotal),
                }
                for line in shown
            ],
            "hidden": len(lines) > len(shown)
            and self.env._("and %(count)s more", count=len(lines) - len(shown)),
            "taxes": self.amount_tax and self._paynow_format(self.amount_tax),
            "pdf_url": self._paynow_has_pdf() and f"/PAYNOW/invoice/{self.id}/pdf",
        }

    def _paynow_has_pdf(self):
        """Tell whether the PDF of this invoice is there, or can be made now.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.invoice_pdf_report_id) or (
            self.env["ir.actions.report"]._paynow_can_print()
        )

    def _paynow_get_pdf(self):
        """Return the PDF of this invoice, as the customer portal offers it.

        :return: As {'filename': str, 'filetype': 'pdf', 'content': bytes}; None if it
            can't be made.
        :rtype: dict|None
        """
        self.ensure_one()
        if not self._paynow_has_pdf():
            return None
        return self._get_invoice_legal_documents("pdf", allow_fallback=True)
