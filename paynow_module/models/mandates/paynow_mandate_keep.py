# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# Source: Nacha Operating Rules, Section 2.3.2.7 (Retention and Provision of the Record
# of Authorization): two years from the termination or revocation of the authorization.
KEEP = relativedelta(years=2)


class PaynowMandate(models.Model):
    """For how long a mandate and its evidence are kept, whatever is cleaned up."""

    _inherit = "paynow.mandate"

    def _holds(self):
        """Tell whether payments by this mandate may still come.

        :rtype: bool
        """
        self.ensure_one()
        if self.state != "active" or self.kind == "once":
            return False
        if self.end_date and self.end_date < fields.Date.today():
            return False
        return self.kind == "standing" or any(
            invoice.state == "posted"
            and invoice.payment_state in ("not_paid", "partial", "in_payment")
            for invoice in self.invoice_ids
        )

    def _get_keep_date(self):
        """Return the day until which this mandate must be kept.

        What became of a payment, as its return or refund, counts as the payment does.

        :return: Two years past the last debit, or the end; False while it holds.
        :rtype: datetime.date|bool
        """
        self.ensure_one()
        if self._holds():
            return False
        txs = self.transaction_ids | self.transaction_ids.child_transaction_ids
        moments = [self.date, self.state_date, *txs.mapped("create_date")]
        moments += txs.mapped("last_state_change")
        days = [moment.date() for moment in moments if moment]
        days += [day for day in (self.end_date, *txs.payment_id.mapped("date")) if day]
        return max(days) + KEEP

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        """Keep evidence as long as it may be asked for."""
        today = fields.Date.today()
        for mandate in self:
            keep_date = mandate._get_keep_date()
            if not keep_date or today <= keep_date:
                raise UserError(
                    self.env._(
                        "Mandate %(number)s is evidence: it is kept until two years"
                        " after the last payment by it.",
                        number=mandate.reference,
                    )
                )

    def unlink(self):
        """Override of `base` to delete what has no meaning without a mandate."""
        self._unlink_except_kept()  # Before anything is deleted.
        self.sudo()._unlink_with()  # Nobody may delete what hangs on evidence.
        return super().unlink()

    def _unlink_with(self):
        """Delete what has no meaning without these mandates.

        `autopay` overrides it for the choices that were made by them.
        """
