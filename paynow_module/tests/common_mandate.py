# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.fields import Command

from .common_books import PaynowBooksCommon
from .common_payment import PaynowPaymentCommon


class PaynowMandateCommon(PaynowBooksCommon, PaynowPaymentCommon):
    """A provider that offers bank debits beside its card-like method."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"email": "books@us.example.com", "phone": "+1 555 0100"})
        cls.ach = cls.env.ref("payment.payment_method_ach_direct_debit").sudo()
        cls.ach.active = True
        cls.provider.payment_method_ids = [Command.link(cls.ach.id)]
        cls.Text = cls.env["paynow.mandate.text"]
        cls.Mandate = cls.env["paynow.mandate"].sudo()  # As the routes do.

    def _pay_with_bank(self, amount="100", **changes):
        """Pay by a bank debit on the page; return the answer of the transaction route.

        :rtype: dict
        """
        form = self._prepare_form(
            self._open_checkout(amount), payment_method_id=self.ach.id, **changes
        )
        return self._post_transaction(form).json()["result"]

    def _authorize(self, **values):
        """Record what the client authorizes, without a page.

        :rtype: paynow.mandate
        """
        return self.Mandate._authorize(
            self.company,
            self.client,
            **{
                "kind": "standing",
                "medium": "bank",
                "text": "I authorize it.",
                "proof": "login",
                "invoice_ids": False,
                **values,
            },
        )
