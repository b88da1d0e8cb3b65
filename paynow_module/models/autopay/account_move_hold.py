# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date


class AccountMove(models.Model):
    """Automatic payments that staff hold: who, why and until when."""

    _inherit = "account.move"

    paynow_autopay_hold = fields.Boolean(
        string="Automatic payment held",
        help="Staff hold the automatic payment of this invoice.",
        readonly=True,
        copy=False,
    )
    paynow_autopay_hold_until = fields.Date(
        string="Held until",
        help="It is charged on this day at the soonest; empty until it is released.",
        readonly=True,
        copy=False,
    )
    paynow_autopay_hold_reason = fields.Char(
        string="Held because",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    paynow_autopay_hold_user_id = fields.Many2one(
        string="Held by",
        comodel_name="res.users",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    def action_paynow_autopay_hold(self):
        """Open the dialog in which staff hold automatic payments.

        :rtype: dict
        """
        self._paynow_check_hold_rights()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hold"),
            "res_model": "paynow.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_invoice_ids": self.ids},
        }

    def action_paynow_autopay_release(self):
        """Have the automatic payments go on that staff hold."""
        self._paynow_check_hold_rights()
        for invoice in self.sudo():  # In sudo mode as posted invoices are read-only.
            if not invoice.paynow_autopay_hold:
                continue
            invoice._paynow_lock()  # A run that is at it comes first.
            invoice._paynow_autopay_unhold()
            invoice._paynow_autopay_resume()
            invoice._paynow_autopay_note(
                self.env._("Pay Now: automatic payment goes on.")
            )
        return True

    def _paynow_check_hold_rights(self):
        """Check that the user may hold automatic payments.

        :raise AccessError: If not.
        """
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only invoicing staff may do this."))
        self.check_access("write")

    def _paynow_autopay_set_hold(self, reason, until=None):
        """Hold the automatic payment of these invoices.

        :param str reason: Why, for staff.
        :param datetime.date until: From when on they may be charged; when they are
            released if none.
        :raise UserError: If there is none to hold, or the day has passed.
        """
        for invoice in self:
            invoice._paynow_lock()  # A run that is at it comes first.
            if not invoice.paynow_autopay_date:
                raise UserError(
                    self.env._(
                        "%(number)s is not paid automatically.", number=invoice.name
                    )
                )
            if until and until <= invoice.company_id._paynow_get_today():
                raise UserError(self.env._("Choose a day in the future."))
            invoice.write(
                {
                    "paynow_autopay_hold": True,
                    "paynow_autopay_hold_until": until,
                    "paynow_autopay_hold_reason": reason,
                    "paynow_autopay_hold_user_id": self.env.uid,
                }
            )
            invoice._paynow_autopay_note(
                self.env._(
                    "Pay Now: automatic payment is held. %(reason)s",
                    reason=invoice._paynow_get_autopay_hold_words(),
                )
            )

    def _paynow_autopay_unhold(self):
        """Forget that this invoice was held."""
        self.write(
            {
                "paynow_autopay_hold": False,
                "paynow_autopay_hold_until": False,
                "paynow_autopay_hold_reason": False,
                "paynow_autopay_hold_user_id": False,
            }
        )

    def _paynow_get_autopay_hold(self):
        """Return why staff hold this invoice until they release it, if they do.

        :return: The words, for staff; empty if not, or up to a day only.
        :rtype: str
        """
        if not self.paynow_autopay_hold or self.paynow_autopay_hold_until:
            return ""
        return self._paynow_get_autopay_hold_words()

    def _paynow_get_autopay_hold_words(self):
        """Return who holds this invoice, why and until when, for staff.

        :rtype: str
        """
        user, reason = self.paynow_autopay_hold_user_id, self.paynow_autopay_hold_reason
        values = {"user": user.name, "reason": reason or ""}
        if until := self.paynow_autopay_hold_until:
            return self.env._(
                "Held by %(user)s until %(date)s: %(reason)s",
                date=format_date(self.env, until),
                **values,
            )
        return self.env._("Held by %(user)s: %(reason)s", **values)

    def _paynow_get_autopay_held_date(self, date):
        """Return the day of an automatic payment that staff may have put off.

        :param datetime.date date: The day without that.
        :rtype: datetime.date
        """
        until = self.paynow_autopay_hold and self.paynow_autopay_hold_until
        return max(date, until) if until else date
