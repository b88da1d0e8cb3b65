# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...exceptions import PaynowRefusal
from ...utils import as_decimal, parse_amount

# What an invoice's balance is made of; read anew under its lock.
LOCKED_MODELS = (
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "account.payment",
    "payment.transaction",
)
# A payer fills in a provider's page within this time; later, a draft is abandoned.
DRAFT_VALIDITY = timedelta(minutes=15)


class AccountMove(models.Model):
    """What can be paid on an invoice now. Who may pay it: `account_move_lookup.py`."""

    _inherit = "account.move"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_paynow(self):
        """Keep the invoices for which a Pay Now payment was made or is on its way."""
        if self.sudo().transaction_ids.filtered(
            lambda tx: tx.is_paynow and tx.state in ("pending", "authorized", "done")
        ):  # In sudo mode as not everybody may read transactions.
            raise UserError(
                self.env._("An invoice that was paid online can't be deleted.")
            )

    def _paynow_get_payable(self, own_tx=None):
        """Return what can be paid now: the residual less what is in flight.

        :param payment.transaction own_tx: The last transaction of this visitor;
            abandoned as a draft, it doesn't stand in their way.
        :return: The amount in the currency of the invoice; never negative.
        :rtype: float
        """
        self.ensure_one()
        if not self._paynow_is_open():
            return 0.0
        return self.currency_id.round(
            max(0.0, self._paynow_get_residual() - self._paynow_get_in_flight(own_tx))
        )

    def _paynow_get_in_flight(self, own_tx=None):
        """Return the sum of the online payments on their way to this invoice.

        Pending and authorized transactions count, confirmed ones until they are posted,
        each with what was captured and voided of it; drafts of other visitors for as
        long as a payer may be filling in a provider's page, and those of automatic
        payments until their outcome is known. A pending wire transfer (provider
        `custom`) is a promise and not on its way, as for `account_payment`.

        :param payment.transaction own_tx: See `_paynow_get_payable`.
        :return: The amount in the currency of the invoice.
        :rtype: float
        """
        self.ensure_one()
        # May not be looked for yet; it needn't where no draft stands in the way.
        own_txs = self.env["payment.transaction"] if own_tx is None else own_tx
        young = fields.Datetime.now() - DRAFT_VALIDITY
        amount = 0.0
        for tx in self.sudo().transaction_ids:  # In sudo mode to read transactions.
            if tx.operation in ("validation", "refund"):
                continue
            is_young_draft = (
                tx.state == "draft"
                and (tx.create_date >= young or tx.paynow_run_key)
                and tx not in own_txs
            )
            is_promise = tx.state == "pending" and tx.provider_code == "custom"
            amount += tx._paynow_get_under_way(
                is_young_draft or (tx._paynow_is_live() and not is_promise)
            )
        return amount

    def _paynow_check_amount(self, text, own_tx=None):
        """Return the amount that a payer typed, if it can be paid on this invoice.

        :param str text: The amount, as typed in the language of the context.
        :param payment.transaction own_tx: See `_paynow_get_payable`.
        :return: The amount in the currency of the invoice.
        :rtype: float
        :raise PaynowRefusal: If it is no amount, or not payable.
        """
        self.ensure_one()
        currency = self.currency_id
        amount = parse_amount(text, self.env.lang)
        if amount is None:
            raise PaynowRefusal(
                self.env._(
                    "Please write the amount in figures, for example %(example)s.",
                    example=self._paynow_format_input(self._paynow_get_residual()),
                ),
                "amount",
            )
        if amount <= 0:
            raise PaynowRefusal(
                self.env._("The amount must be more than zero."), "amount"
            )
        rounded = currency.round(float(amount))
        is_exact = as_decimal(rounded) == amount
        if is_exact or amount > as_decimal(self._paynow_get_residual()):
            self._paynow_check_payable(rounded, own_tx)
        if not is_exact:
            raise PaynowRefusal(
                self.env._(
                    "The amount can't be split that finely: the smallest unit is"
                    " %(unit)s.",
                    unit=self._paynow_format(currency.rounding),
                ),
                "amount",
            )
        return rounded

    def _paynow_check_payable(self, amount, own_tx=None):
        """Check that an amount can be paid on this invoice now.

        :param float amount: The amount in the currency of the invoice.
        :param payment.transaction own_tx: See `_paynow_get_payable`.
        :raise PaynowRefusal: If it can't.
        """
        self.ensure_one()
        currency = self.currency_id
        if not self._paynow_is_open():
            raise PaynowRefusal(
                self.env._("There is nothing left to pay on this invoice.")
            )
        payable = self._paynow_get_payable(own_tx)
        if currency.compare_amounts(amount, 0.0) <= 0:
            raise PaynowRefusal(
                self.env._("The amount must be more than zero."), "amount"
            )
        if currency.compare_amounts(amount, payable) <= 0:
            return
        in_flight = self._paynow_get_in_flight(own_tx)
        if currency.is_zero(in_flight):
            message = self.env._(
                "The amount is more than what is still to pay (%(payable)s).",
                payable=self._paynow_format(payable),
            )
        elif currency.is_zero(payable):
            message = self.env._(
                "A payment of %(in_flight)s for this invoice is being processed."
                " Nothing more can be paid until it is settled; please try again"
                " later.",
                in_flight=self._paynow_format(in_flight),
            )
        else:
            message = self.env._(
                "Only %(payable)s can be paid now: a payment of %(in_flight)s is"
                " being processed.",
                payable=self._paynow_format(payable),
                in_flight=self._paynow_format(in_flight),
            )
        raise PaynowRefusal(message, "amount")

    def _paynow_get_summary(self, amount, own_tx=None):
        """Return what the public pages show of this invoice, as plain values.

        :param float amount: The amount that is being paid, in its currency.
        :param payment.transaction own_tx: See `_paynow_get_payable`.
        :rtype: dict
        """
        self.ensure_one()
        payable = self._paynow_get_payable(own_tx)
        in_flight = self._paynow_get_in_flight(own_tx)
        left = self.currency_id.round(payable - amount)
        if not in_flight and self._paynow_is_discounted(amount):
            left = 0.0  # If it comes in time.
        return {
            "number": self.name,
            "date_due": self.invoice_date_due,
            "total": self._paynow_format(self.amount_total),
            "in_flight": in_flight and self._paynow_format(in_flight),
            "payable": self._paynow_format(payable),
            "paying_now": self._paynow_format(amount),
            "left": left and self._paynow_format(left),
            "autopay_date": self._get_paynow_autopay_date(),
        }

    def _paynow_lock(self):
        """Lock these invoices for this database transaction and read them anew.

        The update of the row matters as much as the lock: PostgreSQL refuses the update
        of a transaction that began before another one's was committed, and Odoo then
        runs the request again, with a view that holds what the other one has inserted.

        What decides is read anew: invoices, lines, payments on their way. All else this
        transaction sees unchanged from its first query to its last, so it needn't.
        """
        # In one order, so that nobody waits in a circle.
        for invoice_id in sorted(self.ids):
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move SET write_date = write_date WHERE id = %s",
                    invoice_id,
                ),
                log_exceptions=False,  # The loser of a race is no error: it runs again.
            )
        for model in LOCKED_MODELS:
            self.env[model].invalidate_model()
