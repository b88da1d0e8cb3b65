# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# A request to a provider ends within a minute; a draft that is older is left over.
CHARGE_TIME = timedelta(minutes=5)


class PaymentTransaction(models.Model):
    """Automatic payments of which nobody knows whether they were made."""

    _inherit = "payment.transaction"

    @api.model
    def _paynow_get_leftovers(self):
        """Return the drafts of automatic payments of which the outcome is not known.

        :rtype: payment.transaction
        """
        return self.search(
            [
                ("paynow_run_key", "!=", False),
                ("state", "=", "draft"),
                ("create_date", "<", fields.Datetime.now() - CHARGE_TIME),
                ("paynow_problem", "=", False),
            ],
            order="id",
        )

    def _paynow_autopay_resolve(self):
        """Ask the provider again if that is safe; otherwise have a person find out."""
        self.ensure_one()
        age = fields.Datetime.now() - self.create_date
        if age < self.provider_id._paynow_get_repeat_time():
            # If the first request never arrived, this one would be the charge.
            if not self._paynow_is_stopped():
                self._paynow_autopay_charge(is_repeat=True)
            return
        self.invoice_ids._paynow_lock()
        if self.state == "draft" and not self.paynow_problem:
            self._paynow_for_staff()._paynow_autopay_ask()

    def _paynow_is_stopped(self):
        """Tell whether a person, or the end of the mandate, keeps this from being paid.

        :rtype: bool
        """
        today = self.company_id._paynow_get_today()
        mandate = self.paynow_mandate_id
        return bool(mandate and not mandate._is_chargeable(today)) or any(
            invoice._paynow_get_autopay_stop(today)
            or invoice._paynow_get_autopay_held_date(today) > today
            for invoice in self.invoice_ids
        )

    def _paynow_autopay_ask(self):
        """Ask the accountant, once, whether this payment was made."""
        self.paynow_problem = self.env._(
            "Automatic payment: the outcome is not known. Look the reference up at the"
            " provider, then press “It was charged” or “It was not charged”."
        )
        self._paynow_alert(
            self.env._("Pay Now: outcome of an automatic payment not known"),
            self.env._(
                "The payment %(ref)s of %(amount)s was started on %(date)s and then"
                " interrupted. Nothing more is charged on this invoice until you have"
                " looked it up at %(provider)s and pressed “It was charged” or “It was"
                " not charged” on the transaction.",
                ref=self.reference,
                amount=self._paynow_format_amount(),
                date=fields.Datetime.to_string(self.create_date),
                provider=self.provider_id.name,
            ),
        )

    def action_paynow_autopay_charged(self):
        """Book a payment of which a person found out that it was made."""
        self._paynow_check_rights()
        tx_sudo = self._paynow_get_asked()
        tx_sudo._set_done(state_message=self._paynow_get_settled_by())
        tx_sudo._paynow_retry()

    def action_paynow_autopay_not_charged(self):
        """Give up a payment of which a person found out that it was not made."""
        self._paynow_check_rights()
        tx_sudo = self._paynow_get_asked()
        tx_sudo._set_canceled(state_message=self._paynow_get_settled_by())

    def _paynow_get_asked(self):
        """Return this transaction, locked, if a person was asked for its outcome.

        :rtype: payment.transaction
        :raise UserError: If not, or no longer.
        """
        self.ensure_one()
        tx_sudo = self.sudo()  # Accountants can't write on transactions.
        tx_sudo.invoice_ids._paynow_lock()
        if not (
            tx_sudo.paynow_run_key
            and tx_sudo.state == "draft"
            and tx_sudo.paynow_problem
        ):
            raise UserError(self.env._("The outcome of this payment is known."))
        return tx_sudo

    def _paynow_get_settled_by(self):
        """Return who found out the outcome of a payment.

        :rtype: str
        """
        return self.env._("Looked up by %(user)s", user=self.env.user.name)
