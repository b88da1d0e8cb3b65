# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models

from odoo.addons.payment import utils as payment_utils


class PaymentTransaction(models.Model):
    """A payment that a payer begins again, from another tab or after coming back.

    The same try is taken up again: one transaction, one charge at the provider. Another
    one closes it first, at the provider too where that is possible.
    """

    _inherit = "payment.transaction"

    def _paynow_take_up(self, values):
        """Return the one of these tries that is begun again, if any.

        :param dict values: What `_paynow_guard` lets a transaction be created with.
        :return: The try, with what the payer adds as it is now; possibly empty.
        :rtype: payment.transaction
        """
        extra_values = {
            name: values["custom_create_values"][name]
            for name in self._paynow_get_extra_fields()
        }
        purpose = self._paynow_get_purpose(values["custom_create_values"])
        for tx in self.sorted("id", reverse=True):
            if (
                tx.state == "draft"
                and tx.provider_id.id == values["provider_id"]
                and tx.payment_method_id.id == values["payment_method_id"]
                and tx.operation == f"online_{values['flow']}"
                and tx.currency_id.id == values["currency_id"]
                and tx.partner_id.id == values["partner_id"]
                and not tx.currency_id.compare_amounts(tx.amount, values["amount"])
                and tx._paynow_is_for(purpose)
                and tx._paynow_may_be_resumed()
            ):
                tx.write(extra_values)
                return tx
        return self.browse()

    def _paynow_may_be_resumed(self):
        """Tell whether this try may be begun again without a second charge.

        :rtype: bool
        """
        time = self.provider_id._paynow_get_resume_time()
        return bool(time) and fields.Datetime.now() - self.create_date < time

    def _paynow_close(self, check):
        """Close these tries at their providers, as far as that is possible.

        :param Callable check: What checks anew, without arguments, that what shall be
            paid in their place may still be paid.
        :raise PaynowRefusal: If one turns out to be paid, and that is now too much.
        """
        for tx in self:
            tx.provider_id._paynow_close(tx)
            if tx.state != "draft":
                check()

    def _paynow_replace(self, tx):
        """Close these tries here: the payer has begun another one.

        :param payment.transaction tx: The new one.
        """
        drafts = self.filtered(lambda old: old.state == "draft")
        drafts.paynow_replaced_by_id = tx
        drafts._set_canceled(
            state_message=self.env._(
                "The payer began anew, with %(reference)s.", reference=tx.reference
            )
        )

    def _send_api_request(self, method, endpoint, **kwargs):
        """Override of `payment` to have Stripe make one customer of one try.

        Odoo makes a customer each time it asks for the intent of a transaction, and
        Stripe answers a repeated request for an intent only if all of it is the same.
        """
        if (
            self.is_paynow
            and self.provider_code == "stripe"
            and (method, endpoint) == ("POST", "customers")
        ):
            kwargs.setdefault(
                "idempotency_key",
                payment_utils.generate_idempotency_key(self, scope="customers"),
            )
        return super()._send_api_request(method, endpoint, **kwargs)
