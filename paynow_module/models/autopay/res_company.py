# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

MAX_TRIES = 3
MAX_WAIT = 30  # Days; whoever was declined for so long pays in another way.
MAX_NOTICE = 30  # Days before a payment on which the client is told of it.


class ResCompany(models.Model):
    """Whether clients may have their invoices paid automatically."""

    _inherit = "res.company"

    paynow_autopay_enabled = fields.Boolean(
        string="Automatic payment",
        default=True,
        help="Clients who log in may have invoices paid automatically with a payment"
        " method that they have saved.",
    )
    paynow_autopay_stopped = fields.Boolean(
        string="Stop all automatic payments",
        help="Nobody is charged automatically, from this moment on. What clients chose"
        " is kept, pages and mails name them no day, and reminders go out as for"
        " everybody. Once it is off, what was due goes on the day after.",
    )
    paynow_autopay_guest = fields.Boolean(
        string="Offer it after a payment",
        help="Whoever has paid on the public page may have the next invoices paid"
        " automatically, by a code that is mailed to the billing address.",
    )
    paynow_autopay_days = fields.Char(
        string="Days of the tries",
        default="0,3,7",
        help="The days after the first try on which a declined payment is tried again,"
        " three tries at most.",
    )
    paynow_autopay_notice_days = fields.Integer(
        string="Days of notice",
        default=3,
        help="How many days before each automatic payment the client is told of it by"
        " mail: day, amount, and how to stop it. Where the client's country requires"
        " more, more; 0 where only that counts.",
    )

    @api.constrains("paynow_autopay_notice_days")
    def _check_paynow_autopay_notice_days(self):
        """Refuse a notice after the payment, or so early that it is forgotten."""
        for company in self:
            company._paynow_check_number("paynow_autopay_notice_days", 0, MAX_NOTICE)

    @api.constrains("paynow_autopay_days")
    def _check_paynow_autopay_days(self):
        """Refuse days that are not up to three rising whole numbers from 0 on."""
        for company in self:
            texts = (company.paynow_autopay_days or "").split(",")
            days = [int(text) for text in texts if text.strip().isdecimal()]
            if (
                len(days) != len(texts)
                or not 1 <= len(days) <= MAX_TRIES
                or days[0] != 0
                or days != sorted(set(days))
                or days[-1] > MAX_WAIT
            ):
                raise ValidationError(
                    self.env._(
                        "“%(field)s” can't be “%(value)s”: enter one to three rising"
                        " whole numbers that begin with 0 and end with %(most)s at"
                        " most, separated by commas, for example 0,3,7.",
                        field=self._fields["paynow_autopay_days"]._description_string(
                            self.env
                        ),
                        value=company.paynow_autopay_days or "",
                        most=MAX_WAIT,
                    )
                )

    def _paynow_takes_guests(self):
        """Tell whether automatic payment is offered at the end of a payment.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.paynow_enabled
            and self.paynow_autopay_enabled
            and self.paynow_autopay_guest
        )

    def _paynow_get_autopay_days(self):
        """Return the time from the first try to each try.

        :rtype: list[timedelta]
        """
        self.ensure_one()
        texts = self.paynow_autopay_days.split(",")
        return [timedelta(days=int(text)) for text in texts]

    def write(self, vals):
        """Override of `base` to let payments go on a day after they were stopped."""
        resumed = self.browse()
        if not vals.get("paynow_autopay_stopped", True):
            resumed = self.filtered("paynow_autopay_stopped")
        result = super().write(vals)
        for company in resumed:
            # In sudo mode as posted invoices are read-only to who may do this.
            self.env["account.move"].sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("paynow_autopay_date", "<=", company._paynow_get_today()),
                ]
            )._paynow_autopay_resume()
        return result
