# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models
from odoo.tools import format_date


class AccountMove(models.Model):
    """Whether and when the client is reminded of an invoice."""

    _inherit = "account.move"

    paynow_no_reminder = fields.Boolean(
        string="No reminders",
        help="No past due mail is sent for this invoice.",
        copy=False,
        tracking=True,
    )
    paynow_hold_until = fields.Date(
        string="No reminders until",
        help="Reminders pause up to this day, say because the client disputes the"
        " invoice or has promised to pay.",
        copy=False,
        tracking=True,
    )
    paynow_hold_reason = fields.Char(
        string="Reason of the pause", copy=False, tracking=True
    )
    paynow_notice_ids = fields.One2many(
        string="Pay Now notices",
        comodel_name="paynow.notice",
        inverse_name="invoice_id",
        groups="account.group_account_invoice",
    )

    def _paynow_get_recipients(self):
        """Return the addresses that reminders of these invoices go to.

        :return: The addresses of each, separated by commas; empty if none is valid.
        :rtype: dict[account.move, str]
        """
        reach = self.partner_id._paynow_get_reach()
        return {move: ",".join(reach[move.partner_id][0]) for move in self}

    def _paynow_get_stage(self, today):
        """Return the highest stage of reminders that this invoice has reached.

        :param datetime.date today: What day it is for the company.
        :return: The stage, in days after the due date; 0 if none is reached.
        :rtype: int
        """
        self.ensure_one()
        since = self._paynow_get_dunned_since()
        days = (today - since).days if since else 0
        stages = self.company_id._paynow_get_stages()
        return max((stage for stage in stages if stage <= days), default=0)

    def _paynow_get_reminder_obstacle(self):
        """Return why the client is not reminded of this invoice now, if so.

        Another module can override it to name more reasons, as `autopay` does.

        :return: The reason, for staff; empty if nothing stands in the way.
        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        today = company._paynow_get_today()
        client = self.commercial_partner_id.with_company(company)
        items = self._paynow_get_open_items()
        if not items:
            return self.env._("The invoice is paid or no longer open.")
        if items[0].date_due >= today:
            return self.env._("The invoice is not past due.")
        if not self._paynow_get_late_items():
            return self.env._("A payment that covers the invoice is being processed.")
        if not self.is_move_sent and not self.paynow_sent_date:
            return self.env._(
                "The invoice was never sent to the client. Send it; or, if the client"
                " has it, fill in on which day it was sent."
            )
        if self.paynow_hold_until and self.paynow_hold_until >= today:
            return self.env._(
                "Reminders pause until %(date)s: %(reason)s",
                date=format_date(self.env, self.paynow_hold_until),
                reason=self.paynow_hold_reason or self.env._("no reason given"),
            )
        if self.paynow_no_reminder or self.no_followup:
            return self.env._("Reminders of this invoice are switched off.")
        contact = self.partner_id.with_company(company)
        if client.paynow_no_reminder or contact.paynow_no_reminder:
            return self.env._("The client gets no reminders.")
        if reason := self._paynow_get_credit_obstacle():
            return reason
        if self._paynow_is_rest_withheld():
            return self.env._(
                "What is left is tax that the client may have withheld. Register it"
                " once you have the certificate."
            )
        return self.partner_id._paynow_get_reach()[self.partner_id][1]

    def action_paynow_send_reminder(self):
        """Send the past due mail now.

        :raise UserError: If there is a reason not to; of several invoices, it is noted.
        :rtype: dict
        """
        self.check_access("write")
        # In sudo mode as not everybody who may send one may write notices.
        notices = self.env["paynow.notice"].sudo()
        for invoice in self.sudo():
            notices |= notices._notify_by_hand(
                "past_due", invoice.company_id, invoice.commercial_partner_id, invoice
            )
        return notices._show_result(len(self))

    def _paynow_get_credit_obstacle(self):
        """Return why a credit keeps the client from being reminded, if one does.

        :return: The reason, for staff; empty if none does.
        :rtype: str
        """
        if not self._paynow_is_held_by_credit():
            return ""
        return self.env._(
            "The client has a credit that is not applied. Apply it, or switch on"
            " “Ignore credits” on the invoice."
        )

    def _paynow_tell_credit(self):
        """Ask an accountant, once, what is to become of the credits of the client."""
        self.ensure_one()
        user = self.company_id._paynow_get_administrator()
        staff_self = self.with_context(lang=user.lang or "en_US")
        summary = staff_self.env._("Pay Now: a credit is not applied")
        if summary in self.activity_ids.mapped("summary"):
            return
        client = self.commercial_partner_id
        credits_by_key = client._paynow_get_credits(self.company_id)
        self._paynow_schedule(
            self.company_id,
            user,
            summary=summary,
            note=staff_self.env._(
                "%(client)s has credits that are not applied: %(credits)s. Until you"
                " decide, invoice %(number)s is neither charged automatically nor"
                " reminded of. Apply the credit to the invoice: the automatic payment"
                " then takes only what is left. Or, if the credit is not for this"
                " invoice, switch on “Ignore credits” on the invoice.",
                client=client.name,
                number=self.name,
                credits=", ".join(
                    f"{name} ({staff_self._paynow_format(amount)})"
                    for name, amount in credits_by_key[self._paynow_get_credit_key()]
                ),
            ),
        )
