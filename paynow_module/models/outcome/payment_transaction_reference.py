# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from odoo import api, fields, models

from ...exceptions import CONCURRENCY_ERRORS, PaynowRefusal
from ...utils import is_plain_text, normalize_email

_logger = logging.getLogger(__name__)

MAX_NOTE_LENGTH = 140  # Characters, as in a SEPA transfer.
#: How many copies are mailed in a day to one address, and on one invoice.
MAX_COPIES = 3


class PaymentTransaction(models.Model):
    """What the payer adds in their own words, and who gets a copy of the receipt."""

    _inherit = "payment.transaction"

    paynow_note = fields.Char(
        string="Payer's reference",
        help="What the payer wrote for their own books, or ours.",
        readonly=True,
        copy=False,
    )
    paynow_copy_email = fields.Char(
        string="Copy of the receipt to",
        help="A second address; it gets the receipt once the payment is received.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    paynow_copy_date = fields.Datetime(string="Copy mailed", readonly=True, copy=False)

    @api.model
    def _paynow_get_extra_fields(self):
        """Override to take the payer's reference and second address."""
        return [*super()._paynow_get_extra_fields(), "paynow_note", "paynow_copy_email"]

    @api.model
    def _paynow_prepare_extra_values(self, form):
        """Override to check the payer's reference and second address."""
        values = super()._paynow_prepare_extra_values(form)
        note = self._paynow_read_text(form.get("paynow_note"))
        email = self._paynow_read_text(form.get("paynow_copy_email"))
        if len(note) > MAX_NOTE_LENGTH:
            raise PaynowRefusal(
                self.env._(
                    "Please shorten your reference to %(max)s characters.",
                    max=MAX_NOTE_LENGTH,
                )
            )
        if email and not normalize_email(email):
            raise PaynowRefusal(
                self.env._("Please check the second address for the receipt.")
            )
        return {
            **values,
            "paynow_note": note or False,
            "paynow_copy_email": normalize_email(email) or False,
        }

    @api.model
    def _paynow_read_text(self, text):
        """Return one line of text as typed; none is empty.

        :param text: Whatever the form sent.
        :rtype: str
        :raise PaynowRefusal: If it is something else.
        """
        if text in (None, False, ""):
            return ""
        if not is_plain_text(text):
            self._paynow_refuse()
        return " ".join(text.split())

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to print the payer's reference."""
        if self.paynow_note and "memo" not in extra_create_values:
            extra_create_values["memo"] = " - ".join(
                filter(
                    None, (self.reference, self.provider_reference, self.paynow_note)
                )
            )
        return super()._create_payment(**extra_create_values)

    def _paynow_mail_payer(self):
        """Override to mail the copy, of a payment that was received and no other."""
        res = super()._paynow_mail_payer()
        for tx in self:
            if (
                tx.state == "done"
                and tx.paynow_copy_email
                and not tx.paynow_copy_date
                and not tx.source_transaction_id
                and tx._paynow_may_copy()
            ):
                tx.paynow_copy_date = fields.Datetime.now()
                try:
                    with self.env.cr.savepoint():
                        tx._paynow_send_copy()
                except CONCURRENCY_ERRORS:
                    raise
                except Exception as error:  # noqa: BLE001  As with the receipt.
                    _logger.warning("No copy for transaction %s: %s", tx.id, error)
                    tx._log_message_on_linked_documents(
                        self.env._(
                            "Pay Now: the copy of the receipt could not be mailed."
                        )
                    )
        return res

    def _paynow_may_copy(self):
        """Tell whether another copy may be mailed to this address, for this invoice.

        The form mails to any address that a stranger types. It is of no use to one who
        wants to annoy others: each copy costs a payment, says nothing but what the
        company writes, and few go to one address.

        :rtype: bool
        """
        self.ensure_one()
        domain = [
            ("paynow_copy_date", ">", fields.Datetime.now() - timedelta(days=1)),
        ]
        for more in (
            [("paynow_copy_email", "=", self.paynow_copy_email)],
            [("invoice_ids", "in", self.invoice_ids.ids)],
        ):
            if self.sudo().search_count([*domain, *more]) >= MAX_COPIES:
                return False
        return True

    def _paynow_send_copy(self):
        """Queue the receipt for the second address, without the payer's own words."""
        self.ensure_one()
        template_sudo = self.env.ref("paynow_module.mail_template_receipt").sudo()
        template_sudo.with_context(paynow_copy=True).send_mail(
            self.id,
            email_values=self.company_id._paynow_prepare_mail(
                template_sudo, self.paynow_copy_email, self.invoice_ids.invoice_user_id
            ),
        )
        self._paynow_call_queue()
