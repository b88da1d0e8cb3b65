# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models
from odoo.tools import format_date


class PaynowAutopay(models.Model):
    """In which words a guest authorizes automatic payment, behind a mailed code."""

    _inherit = "paynow.autopay"

    @api.model
    def _get_guest_text(self, company, invoice=None, day=None):
        """Return what a guest consents to: no limit, no discounts, and no login.

        :param res.company company: The company that is paid.
        :param account.move invoice: The invoice, if it is about one; in sudo mode.
        :param datetime.date day: The day on which it is paid; its due date if none.
        :rtype: str
        """
        days = company._paynow_get_autopay_days()
        if invoice:
            sentences = self._get_guest_sentences(company, invoice, day)
        else:
            sentences = [
                self.env._(
                    "I authorize %(company)s to charge the payment method that I save"
                    " below for what is still to pay on each of my invoices, and each"
                    " instalment of them, that is not past due today, and on those to"
                    " come, on its due date.",
                    company=company.name,
                )
            ]
        return self.env._(
            "%(what)s A declined payment may be tried %(tries)s times within %(days)s"
            " days. I can end this at any time before a payment is made, in the customer"
            " portal or by telling %(company)s.",
            what=" ".join(sentences),
            tries=len(days),
            days=days[-1].days,
            company=company.name,
        )

    @api.model
    def _get_guest_sentences(self, company, invoice, day=None):
        """Return what a guest consents to who has one invoice be paid.

        :param res.company company: See `_get_guest_text`, as the others.
        :rtype: list[str]
        """
        day = day or invoice.invoice_date_due
        sentences = [
            self.env._(
                "I authorize %(company)s to charge the payment method that I save below"
                " for what is still to pay on invoice %(number)s on %(date)s, or on its"
                " due date if that is moved to a day before.",
                company=company.name,
                number=invoice.name,
                date=format_date(self.env, day),
            )
        ]
        items = invoice._paynow_get_open_items()
        if runs := invoice._paynow_prepare_autopay_runs(
            company._paynow_get_today(),
            [(min(day, item.date_due), item) for item in items],
        ):
            sentences.append(
                self.env._(
                    "As things are now, that is %(payments)s.",
                    payments=invoice._paynow_format_autopay_runs(runs),
                )
            )
        return sentences
