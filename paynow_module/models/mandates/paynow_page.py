# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models
from odoo.tools import format_date

from ..payment.payment_provider import BANK_DEBIT_CODES

MAX_NUMBERS = 20  # Of invoices, in one sentence.


class PaynowPage(models.AbstractModel):
    """What who pays by a bank debit authorizes: it stands above *Pay*."""

    _inherit = "paynow.page"

    @api.model
    def _prepare_authorizations(self, proven, methods_sudo):
        """Override to show the words of each bank debit that is offered."""
        texts = super()._prepare_authorizations(proven, methods_sudo)
        for method_sudo in methods_sudo:
            if words := self._get_words(proven, method_sudo):
                texts[method_sudo.id] = words.text
        return texts

    @api.model
    def _get_words(self, proven, method_sudo):
        """Return what who pays with a method authorizes, in the page's language.

        :param Proof proven: What they have proven.
        :param payment.method method_sudo: The method.
        :return: The words; None where none are needed.
        :rtype: Words|None
        """
        if method_sudo.code not in BANK_DEBIT_CODES:
            return None
        invoice_sudo = proven.invoice_sudo
        company = invoice_sudo.company_id
        amount = invoice_sudo._paynow_format(proven.amount)
        return self.env["paynow.mandate.text"]._prepare(
            company,
            invoice_sudo.commercial_partner_id,
            "bank",
            "once",
            method=method_sudo.name,
            amount=amount,
            what=self.env._(
                "This is for invoice %(numbers)s: %(amount)s, once, on %(date)s or on"
                " the next days on which banks work.",
                numbers=self._get_numbers(proven.invoices_sudo),
                amount=amount,
                date=format_date(self.env, company._paynow_get_today()),
            ),
        )

    @api.model
    def _get_numbers(self, invoices):
        """Return the numbers of invoices, as one sentence has room for them.

        :param account.move invoices: The invoices.
        :rtype: str
        """
        numbers = invoices.mapped("name")
        text = ", ".join(numbers[:MAX_NUMBERS])
        if more := len(numbers[MAX_NUMBERS:]):
            return self.env._(
                "%(numbers)s and %(count)s more", numbers=text, count=more
            )
        return text

    @api.model
    def _get_proof_kind(self, proven):
        """Return how who pays has proven that they may, see `proof` of a mandate.

        :param Proof proven: What they have proven.
        :rtype: str
        """
        invoice_sudo = proven.invoice_sudo
        client = invoice_sudo.commercial_partner_id
        user = self.env.user
        if not self._is_known(invoice_sudo):
            return "fields"
        if not user._is_public() and user.partner_id.commercial_partner_id == client:
            return "login"
        if self._read_link(invoice_sudo.id):
            return "link"
        return (
            "link"
            if self._get_client(invoice_sudo.company_id.id, client.id).source == "mail"
            else "code"
        )
