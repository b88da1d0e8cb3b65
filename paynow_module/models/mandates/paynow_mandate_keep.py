# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError

# Source: Nacha Operating Rules, Section 2.3.2.7 (Retention and Provision of the Record
# of Authorization): two years from the termination or revocation of the authorization.
KEEP = relativedelta(years=2)


class PaynowMandate(models.Model):
    """For how long a mandate and its evidence are kept, whatever is cleaned up."""

    _inherit = "paynow.mandate"

    def _get_keep_date(self):
        """Return the day until which this mandate must be kept.

        :return: Two years past the last debit, or the end; False while it holds.
        :rtype: datetime.date|bool
        """
        self.ensure_one()
        if self.state == "active" and self.kind != "once":
            return False
        dates = [self.date, self.state_date, *self.transaction_ids.mapped("create_date")]
        dates += self.transaction_ids.mapped("last_state_change")
        return (max(date for date in dates if date) + KEEP).date()

    def unlink(self):
        """Override of `base` to keep evidence as long as it may be asked for."""
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
        return super().unlink()
