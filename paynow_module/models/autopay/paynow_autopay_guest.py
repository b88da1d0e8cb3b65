# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class PaynowAutopay(models.Model):
    """In which words a guest authorizes automatic payment, behind a mailed code."""

    _inherit = "paynow.autopay"

    @api.model
    def _get_guest_text(self, company, partner, medium, invoice=None, day=None):
        """Return what a guest consents to: no limit, no discounts, nothing saved yet.

        :param res.company company: The company that is paid.
        :param res.partner partner: The client, as the commercial partner.
        :param str medium: From what, see `MEDIA` of mandate texts.
        :param account.move invoice: The invoice, if it is about one; in sudo mode.
        :param datetime.date day: The day on which it is paid; its due date if none.
        :rtype: str
        """
        days = company._paynow_get_autopay_days()
        if invoice:
            sentences = self._get_consent_sentences(
                company, invoice, day or invoice.invoice_date_due, has_discounts=False
            )
        else:
            sentences = [
                self.env._(
                    "This is for what is still to pay on each of my invoices, and each"
                    " instalment of them, that is not past due today, and on those to"
                    " come, on its due date."
                )
            ]
        sentences.append(self._get_tries_sentence(days))
        return (
            self.env["paynow.mandate.text"]
            ._prepare(
                company,
                partner,
                medium or "card",
                "invoices" if invoice else "standing",
                what=" ".join(sentences),
                method=self.env._("the one that I save below"),
            )
            .text
        )
