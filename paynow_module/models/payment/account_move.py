# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

# What an invoice's balance is made of; read anew under its lock.
LOCKED_MODELS = (
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "account.payment",
    "payment.transaction",
)


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

    def _paynow_get_payable(self, visitor=None):
        """Return what can be paid now: the residual less what is in flight.

        :param str visitor: Who asks, as `paynow_visitor` of a transaction; their own
            drafts don't stand in their way.
        :return: The amount in the currency of the invoice; never negative.
        :rtype: float
        """
        self.ensure_one()
        if not self._paynow_takes_payments():
            return 0.0
        residual = self._paynow_get_residual()
        on_its_way = self._paynow_get_on_its_way(visitor)
        return self.currency_id.round(max(0.0, residual - on_its_way))

    def _paynow_get_on_its_way(self, visitor=None):
        """Override to know what is in flight: of what earns the discount, all."""
        in_flight = self._paynow_get_in_flight(visitor)
        if in_flight and self._paynow_is_discount_on_its_way(in_flight, visitor):
            return self._paynow_get_residual()
        return super()._paynow_get_on_its_way(visitor) + in_flight

    def _paynow_is_discount_on_its_way(self, in_flight, visitor=None):
        """Tell whether what is on its way closes this invoice, less its discount.

        Whoever took the rest meanwhile would take the discount from who was promised
        it.

        :param float in_flight: See `_paynow_get_in_flight`.
        :param str visitor: See `_paynow_get_payable`.
        :rtype: bool
        """
        self.ensure_one()
        if not self.invoice_payment_term_id.early_discount:
            return False
        return any(
            not self.currency_id.compare_amounts(
                tx._paynow_get_under_way_for(self, tx._paynow_is_in_flight(visitor)),
                in_flight,
            )
            and tx._paynow_earns_discount(self)
            for tx in self.sudo().transaction_ids  # In sudo mode to read transactions.
            if tx.operation not in ("validation", "refund")
        )

    def _paynow_get_in_flight(self, visitor=None):
        """Return the sum of the online payments on their way to this invoice.

        Pending and authorized transactions count, confirmed ones until they are posted,
        each with what was captured and voided of it; drafts of other visitors for as
        long as a payer may be filling in a provider's page, and those of automatic
        payments until their outcome is known. A pending wire transfer (provider
        `custom`) is a promise and not on its way, as for `account_payment`.

        :param str visitor: See `_paynow_get_payable`.
        :return: The amount in the currency of the invoice.
        :rtype: float
        """
        self.ensure_one()
        # In sudo mode to read transactions.
        return sum(
            tx._paynow_get_under_way_for(self, tx._paynow_is_in_flight(visitor))
            for tx in self.sudo().transaction_ids
            if tx.operation not in ("validation", "refund")
        )

    def _paynow_get_elsewhere(self, visitor):
        """Return what strangers have on its way, which doesn't keep this visitor off.

        :param str visitor: See `_paynow_get_payable`.
        :return: The amount in the currency of the invoice.
        :rtype: float
        """
        self.ensure_one()
        if not self.env.context.get("paynow_disowns"):
            return 0.0
        of_all = self.with_context(paynow_disowns=False)._paynow_get_in_flight(visitor)
        return max(0.0, of_all - self._paynow_get_in_flight(visitor))

    def _paynow_get_summary(self, amount, visitor=None):
        """Return what the public pages show of this invoice, as plain values.

        Another module can override it to add its own, as `autopay` does.

        :param float amount: The amount that is being paid, in its currency.
        :param str visitor: See `_paynow_get_payable`.
        :rtype: dict
        """
        self.ensure_one()
        payable = self._paynow_get_payable(visitor)
        in_flight = self._paynow_get_in_flight(visitor)
        due = self._paynow_get_due_now(visitor)
        left = self.currency_id.round(payable - amount)
        offer = None if in_flight else self._paynow_get_discount_offer()
        is_discounted = bool(offer) and not self.currency_id.compare_amounts(
            amount, offer[0]
        )
        if is_discounted:
            left = 0.0
        return {
            "number": self.name,
            "date_due": due[1] or self.invoice_date_due,
            "total": self._paynow_format(self.amount_total),
            "in_flight": in_flight and self._paynow_format(in_flight),
            "payable": self._paynow_format(payable),
            "paying_now": self._paynow_format(amount),
            "pay_label": self.env._(
                "Pay %(amount)s", amount=self._paynow_format(amount)
            ),
            "full_label": not left
            and self.env._(
                "Pay %(amount)s in full", amount=self._paynow_format(amount)
            ),
            "left": left and self._paynow_format(left),
            "discount_note": is_discounted and self._paynow_get_discount_note(),
            "notes": self._paynow_prepare_notes(visitor),
            "instalments": self._paynow_prepare_instalments(visitor),
            "choices": self._paynow_prepare_choices(amount, payable, due, offer),
        }

    def _paynow_get_discount_note(self):
        """Return by when who pays the discounted amount must press *Pay*.

        :rtype: str
        """
        line = self._paynow_get_discount_instalment()["line"]
        return self.env._(
            "This amount includes the early payment discount if you press Pay by"
            " %(date)s (time zone: %(zone)s). That day counts, not the day on which a"
            " bank clears the payment: nothing is then left to pay.",
            date=format_date(self.env, line.discount_date),
            zone=self.company_id._paynow_get_zone(),
        )

    def _paynow_lock(self):
        """Lock these invoices for this database transaction and read them anew.

        The update of the row matters as much as the lock: PostgreSQL refuses the update
        of a transaction that began before another one's was committed, and Odoo then
        runs the request again, with a view that holds what the other one has inserted.

        What decides is read anew: invoices, lines, payments on their way. All else this
        transaction sees unchanged from its first query to its last, so it needn't.
        """
        # In one order, so that nobody waits in a circle.
        self.env.cr.execute(
            SQL(
                """
                WITH locked AS (
                    SELECT id FROM account_move WHERE id = ANY(%s)
                     ORDER BY id FOR UPDATE
                )
                UPDATE account_move SET write_date = write_date
                  FROM locked WHERE account_move.id = locked.id
                """,
                self.ids,
            ),
            log_exceptions=False,  # The loser of a race is no error: it runs again.
        )
        for model in LOCKED_MODELS:
            self.env[model].invalidate_model()
