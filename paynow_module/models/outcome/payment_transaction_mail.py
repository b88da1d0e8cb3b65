# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging

from odoo import api, fields, models, modules

from ...exceptions import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)


class PaymentTransaction(models.Model):
    """When the payer is mailed what became of a payment.

    Whoever waits for the answer does not wait for the mail: with the entry, the payment
    is marked in the same database transaction, and the mail queue, called at once,
    writes the mail and takes the mark away, again in one.
    """

    _inherit = "payment.transaction"

    paynow_mailed_state = fields.Char(
        string="Pay Now mailed state",
        help="The last state of this payment of which the payer was told by mail.",
        readonly=True,
        copy=False,
    )
    paynow_is_mail_due = fields.Boolean(
        string="Pay Now mail due",
        help="Whether the mail queue has yet to write to the payer.",
        readonly=True,
        copy=False,
    )

    _paynow_mail_due_idx = models.Index("(id) WHERE paynow_is_mail_due IS TRUE")

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to know the language of who has none: the page's."""
        txs = super().create(vals_list)
        if self.env.lang and not self.env.user._is_internal():
            txs.filtered(
                lambda tx: tx.is_paynow and not tx.partner_lang
            ).partner_lang = self.env.lang
        return txs

    def _post_process(self):
        """Override of `account_payment` to mail the payer what became of it.

        Poll, cron and webhook may all bring the same news, and the list of the cron may
        be old: what was processed since is left alone, so that nothing is told twice.
        """
        self.invalidate_recordset(["is_post_processed"])
        txs = self.filtered(lambda tx: not (tx.is_paynow and tx.is_post_processed))
        res = super(PaymentTransaction, txs)._post_process()
        own = txs.filtered("is_paynow")
        if self.env.context.get("paynow_mails_later"):
            own.filtered(
                lambda tx: tx.state in ("pending", "done")
            )._paynow_mail_later()
        else:
            own._paynow_mail_payer()
        return res

    def _paynow_mail_later(self):
        """Leave it to the mail queue to write to the payers of these, at once."""
        if self:
            self.paynow_is_mail_due = True
            self._paynow_call_queue()

    @api.model
    def _paynow_mail_due(self, limit):
        """Write to the payers who were left to the mail queue, each once.

        What fails stays due, and keeps no other mail in the queue.

        :param int limit: To how many at most; each mail calls the queue again.
        """
        domain = [("paynow_is_mail_due", "=", True)]
        for tx in self.search(domain, order="id", limit=limit):
            try:
                with self.env.cr.savepoint():
                    tx.paynow_is_mail_due = False
                    tx._paynow_mail_payer()
            except CONCURRENCY_ERRORS:
                self._paynow_call_queue()  # Somebody else is at it.
            except Exception:
                _logger.exception("No mail about transaction %s yet", tx.id)
            if not modules.module.current_test:
                # As the queue does after each mail: no payment stays locked meanwhile.
                self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _paynow_call_queue(self):
        """Have the mail queue worked off now."""
        # In sudo mode as the queue is otherwise worked off once an hour.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _paynow_mail_payer(self):
        """Queue one mail to the payer for each state that they wait for.

        A bank payment is mailed twice, when initiated and when cleared. The mail and
        the note of it are written in one database transaction: both or none. A mail
        that can't be made, say after an edit of its template, never keeps a payment
        from the books.
        """
        for tx in self:
            is_promise = tx.state == "pending" and tx.provider_code == "custom"
            if (
                tx.state not in ("pending", "done")
                or not tx.paynow_email  # An automatic payment of who has no address.
                or tx.paynow_mailed_state in (tx.state, "done")
                or tx.source_transaction_id  # A refund, or part of a payment.
                or is_promise  # A wire transfer that the payer has yet to make.
            ):
                continue
            tx.paynow_mailed_state = tx.state
            tx._paynow_mail(
                "paynow_module.mail_template_receipt",
                prints_receipt=tx.state == "done",
            )

    def _paynow_mail(self, xmlid, prints_receipt=False):
        """Queue a mail to the payer and have the queue worked off now.

        Whatever is wrong with the template, the payment goes on.

        :param str xmlid: The mail template.
        :param bool prints_receipt: Whether the receipt goes with it as PDF.
        """
        self.ensure_one()
        if not self.paynow_email:
            return
        may_mail = self.env["paynow.limit"]._take_mail(
            self.company_id, self.paynow_email
        )
        if not may_mail and self.state != "done" and self._paynow_is_by_payer():
            self._log_message_on_linked_documents(
                self.env._(
                    "Pay Now: the payer was not mailed of payment %(reference)s, as"
                    " too many mails went to this address today.",
                    reference=self.reference,
                )
            )
            return
        try:
            with self.env.cr.savepoint():
                # In sudo mode as who brings the news may not read templates.
                template_sudo = self.env.ref(xmlid).sudo()
                template_sudo.send_mail(
                    self.id,
                    email_values={
                        **self.company_id._paynow_prepare_mail(
                            template_sudo,
                            self.paynow_email,
                            self.invoice_ids.invoice_user_id,
                        ),
                        "paynow_prints_receipt": prints_receipt,
                    },
                )
        except CONCURRENCY_ERRORS:
            raise  # Whoever brings the news tries again.
        except Exception as error:  # noqa: BLE001  Whatever an edit can break.
            _logger.warning("No mail about transaction %s: %s", self.id, error)
            self._log_message_on_linked_documents(
                self.env._("Pay Now: a mail to the payer could not be made.")
            )
            return
        self._paynow_call_queue()
