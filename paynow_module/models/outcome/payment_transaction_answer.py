# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from odoo import fields, models
from odoo.tools import html2plaintext

from ...exceptions import CONCURRENCY_ERRORS
from ..payment.payment_provider import BANK_DEBIT_CODES

_logger = logging.getLogger(__name__)

#: For how long a provider's answer is waited for before the payer reads that the
#: payment is not complete.
PATIENCE = timedelta(minutes=2)
#: What whoever has the address may read: an address is kept in histories and logs.
PUBLIC_KEYS = (
    "amount",
    "is_awaited",
    "is_bank_debit",
    "is_replaced",
    "is_returned",
    "is_unclear",
    "is_waiting",
    "state",
)
#: The parameter by which the way back from a provider names the answer.
ANSWER_KEY = "paynow"


class PaymentTransaction(models.Model):
    """What the page that answers does for a payer who waits for it."""

    _inherit = "payment.transaction"

    def _paynow_has_own_answer(self):
        """Tell whether a page of ours answers who comes back from the provider.

        `autopay` overrides it for methods that are saved.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.is_paynow and self.landing_route)

    def _paynow_prepare_form_values(self, values):
        """Override to name the page which answers.

        The address by which a provider leads the payer back carries it, too, where Odoo
        gives it to the payment form: the session may be lost on the way.
        """
        values = {
            **super()._paynow_prepare_form_values(values),
            "paynow_landing_route": self.landing_route,
        }
        if return_url := values.get("return_url"):
            token = self.landing_route.rpartition("/")[2]
            separator = "&" if "?" in return_url else "?"
            values["return_url"] = f"{return_url}{separator}{ANSWER_KEY}={token}"
        return values

    def _paynow_catch_up(self):
        """Have Odoo post what the provider has told, as its own status page does.

        Whatever keeps it from that, the payer has an answer, and the scheduled action
        tries again.
        """
        self.ensure_one()
        if self.is_post_processed:
            return
        try:
            self.with_context(paynow_mails_later=True)._post_process()
            self.env.flush_all()
        except CONCURRENCY_ERRORS:
            self.env.cr.rollback()  # Somebody else posts it.
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Transaction %s could not be posted", self.id)

    def _paynow_is_answered(self):
        """Tell whether the payer need not wait for anything more on this page.

        :rtype: bool
        """
        self.ensure_one()
        if self.state == "pending":
            return self.is_post_processed and (
                self.payment_method_code in BANK_DEBIT_CODES
                or self.provider_code == "custom"
            )
        return self.state != "draft" and self.is_post_processed

    def _paynow_is_awaited(self):
        """Tell whether the provider may well answer in the next seconds.

        :rtype: bool
        """
        self.ensure_one()
        since = self.last_state_change or self.create_date
        return self.state == "draft" and fields.Datetime.now() - since < PATIENCE

    def _paynow_get_decline_reason(self):
        """Return why the provider declined this payment, in its own words.

        :return: The reason as plain text; empty if there is none.
        :rtype: str
        """
        self.ensure_one()
        if self.state != "error" or self.paynow_problem or self._paynow_get_payments():
            return ""
        return html2plaintext(self.state_message or "").strip()[:300]

    def _paynow_get_answer(self, visitor, receipts=()):
        """Return what the page tells of this payment to a browser.

        `autopay` overrides it to lead who paid on to automatic payment.

        :param str visitor: The browser, as `paynow_visitor` of a transaction.
        :param list[int] receipts: The payments whose mailed receipts it came to.
        :return: The values of the receipt, with `is_own` for the browser that paid and
            for the mailed address; of those only `PUBLIC_KEYS` for all others.
        :rtype: dict
        """
        self.ensure_one()
        answer = {
            **self._paynow_get_receipt(),
            "is_waiting": not self._paynow_is_answered(),
            "is_awaited": self._paynow_is_awaited(),
            "reason": self._paynow_get_decline_reason(),
        }
        is_own = bool(visitor) and self.paynow_visitor == visitor
        is_own = is_own or self.id in receipts
        if not is_own:
            answer = {key: answer[key] for key in PUBLIC_KEYS}
        return {**answer, "is_own": is_own}

    def _paynow_find_try(self, visitor, seconds):
        """Return the try among these that a browser made in the last seconds.

        :param str visitor: The browser, as `paynow_visitor` of a transaction.
        :param int seconds: How long ago it began to.
        :rtype: payment.transaction
        """
        since = fields.Datetime.now() - timedelta(seconds=seconds)
        return self.filtered(
            lambda tx: (
                tx.is_paynow
                and tx.paynow_visitor == visitor
                and not tx.paynow_replaced_by_id
                # What came before that is no answer to this try.
                and (tx.state == "draft" or tx.last_state_change >= since)
            )
        ).sorted("id")[-1:]
