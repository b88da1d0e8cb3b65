# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError


class AccountMove(models.Model):
    """What will be paid automatically, and when. How: `account_move_run.py`."""

    _inherit = "account.move"

    paynow_autopay_id = fields.Many2one(
        string="Automatic payment",
        comodel_name="paynow.autopay",
        help="The client's choice by which this invoice is paid automatically.",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    paynow_autopay_date = fields.Date(
        string="Automatic payment on",
        help="The day of the next automatic payment of this invoice.",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    paynow_autopay_method = fields.Char(related="paynow_autopay_id.method_name")
    paynow_autopay_tries = fields.Integer(
        string="Declined automatic payments", readonly=True, copy=False
    )
    paynow_autopay_off = fields.Boolean(
        string="No automatic payment",
        help="Automatic payment of this invoice was switched off or has failed.",
        readonly=True,
        copy=False,
    )
    paynow_autopay_reason = fields.Selection(
        string="Automatic payment is off because",
        selection=[
            ("client", "the client switched it off"),
            ("staff", "we switched it off"),
            ("declined", "the payment was declined"),
            ("returned", "the bank returned the payment"),
            ("removed", "the saved payment method was removed"),
            ("expired", "the card has expired"),
            ("unsupported", "the payment method doesn't take this invoice"),
            ("limit", "the invoice is over the client's limit"),
        ],
        readonly=True,
        copy=False,
    )

    # === CONTRACT === #

    @api.model
    def _paynow_get_page_fields(self):
        """Override to read with the rest whether an invoice is paid automatically."""
        return [*super()._paynow_get_page_fields(), "paynow_autopay_date"]

    def _paynow_get_autopay_date(self):
        """Return the date on which this invoice is paid automatically.

        :return: The date; False if the client has to pay it, as when it fails, or a
            person to decide on a credit first.
        :rtype: datetime.date|bool
        """
        self.ensure_one()
        date = self.sudo().paynow_autopay_date  # No secret to who sees the invoice.
        if not date or not self._paynow_is_autopay_on() or not self._paynow_is_open():
            return False
        if self.sudo().paynow_autopay_paused or self._paynow_is_autopay_failing():
            return False
        if self._paynow_is_held_by_credit():
            return False
        date = max(date, self.company_id.sudo()._paynow_get_today())
        move_sudo = self.sudo()  # No secret, as above.
        if move_sudo.paynow_autopay_id.mandate_id.notice_days:
            runs = move_sudo._paynow_prepare_autopay_runs(date)
            return runs[0].date if runs else date
        return date

    def _paynow_is_autopay_on(self):
        """Tell whether the company takes automatic payments at all.

        :rtype: bool
        """
        company_sudo = self.company_id.sudo()  # Clients can't read the settings.
        return company_sudo.paynow_enabled and company_sudo.paynow_autopay_enabled

    # === SWITCHING ON AND OFF === #

    def _post(self, soft=True):
        """Override of `account` to let new invoices take the client's choice."""
        known = self.filtered("posted_before")
        posted = super()._post(soft=soft)
        # In sudo mode as whoever posts may not read the choices.
        invoices_sudo = posted.sudo().filtered(
            lambda m: m.move_type == "out_invoice" and not m.paynow_autopay_off
        )
        choices_sudo = self.env["paynow.autopay"].sudo()
        if invoices_sudo:
            choices_sudo = choices_sudo.search(
                [
                    ("partner_id", "in", invoices_sudo.commercial_partner_id.ids),
                    ("company_id", "in", invoices_sudo.company_id.ids),
                ]
            )
        by_invoice = {choice.invoice_id: choice for choice in choices_sudo}
        by_client = {
            (choice.company_id, choice.partner_id): choice
            for choice in choices_sudo
            if not choice.invoice_id
        }
        for invoice_sudo in invoices_sudo if choices_sudo else ():
            choice = by_invoice.get(invoice_sudo) or by_client.get(
                (invoice_sudo.company_id, invoice_sudo.commercial_partner_id)
            )
            if choice and invoice_sudo._paynow_is_open():
                choice._take(invoice_sudo, is_known=invoice_sudo in known)
        return posted

    def _paynow_autopay_take(self, choice):
        """Have this invoice be paid automatically by a client's choice.

        :param paynow.autopay choice: The choice.
        """
        self.ensure_one()
        if not choice._is_within_limit(self):
            self.write(
                {
                    "paynow_autopay_id": False,
                    "paynow_autopay_date": False,
                    "paynow_autopay_reason": "limit",
                }
            )
            return
        self.write(
            {
                "paynow_autopay_id": choice.id,
                "paynow_autopay_tries": 0,
                "paynow_autopay_failed_date": False,
                "paynow_autopay_off": False,
                "paynow_autopay_reason": False,
                # Who paused a payment has not asked for it by choosing all of them.
                "paynow_autopay_paused": self.paynow_autopay_paused
                and not choice.invoice_id,
            }
        )
        self._paynow_autopay_schedule()
        if choice.mandate_id.notice_days:  # The sooner told, the sooner paid.
            self.env.ref("paynow_module.ir_cron_autopay_notice")._trigger()

    def _paynow_autopay_leave(self, before=None):
        """Leave the instalments of this invoice to the client that are late already.

        :param datetime.date before: Those due before this day are left; none if None.
        """
        self.ensure_one()
        for line in self._paynow_get_term_lines():
            _issued, due = line._paynow_get_dates()
            is_left = bool(before) and due < before
            if line._paynow_is_autopay_left() != is_left:
                line.paynow_autopay_left = is_left

    def _paynow_autopay_schedule(self, after=None):
        """Set the day of the next automatic payment.

        :param datetime.date after: A day; the next instalment is due later than that.
        """
        self.ensure_one()
        dates = [
            date
            for date, _item in self._paynow_get_autopay_instalments()
            if not after or date > after
        ]
        if not dates:
            self.paynow_autopay_date = False
            return
        date = self._paynow_get_autopay_free_date(dates[0])
        if self.paynow_autopay_id.mandate_id.notice_days:
            # Said from the first day on: it may have to wait for the notice of it.
            runs = self._paynow_prepare_autopay_runs(date)
            if runs and runs[0].date > date:
                date = self._paynow_get_autopay_free_date(runs[0].date)
        self.paynow_autopay_date = date

    def _paynow_autopay_follow_due_date(self):
        """Have the day of the next automatic payment follow a due date that was moved.

        No payment comes sooner than tomorrow by that: there is a day to see a mistake.
        A payment that is on its way, or is tried again, goes by the days it has.
        """
        self.ensure_one()
        runs = self.transaction_ids.filtered("paynow_run_key")
        if self.paynow_autopay_tries or runs.filtered(
            lambda tx: (
                tx.state in ("draft", "pending", "authorized")
                or (tx.state == "done" and not tx.is_post_processed)
            )
        ):
            return
        promised = self.paynow_autopay_date
        self._paynow_autopay_schedule()
        tomorrow = self.company_id._paynow_get_today() + timedelta(days=1)
        date = self.paynow_autopay_date
        if date and date < min(promised, tomorrow):
            self.paynow_autopay_date = self._paynow_get_autopay_free_date(
                min(promised, tomorrow)
            )

    def _paynow_get_autopay_free_date(self, date):
        """Return the first day from a date or today on for which no payment was tried.

        :param datetime.date date: The day.
        :rtype: datetime.date
        """
        date = max(date, self.company_id._paynow_get_today())
        keys = set(self.transaction_ids.mapped("paynow_run_key"))
        while self._paynow_get_run_key(date) in keys:
            date += timedelta(days=1)
        return date

    def _paynow_get_run_key(self, date):
        """Return what is unique of the automatic payment of this invoice on a day.

        :param datetime.date date: The day for which it was scheduled.
        :rtype: str
        """
        self.ensure_one()
        return f"{self.id}:{fields.Date.to_string(date)}"

    def action_paynow_autopay_cancel(self):
        """Switch automatic payment of these invoices off, for staff."""
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only invoicing staff may do this."))
        self.check_access("write")
        for invoice in self.sudo():  # In sudo mode as nobody may write on a consent.
            invoice._paynow_autopay_cancel("staff")
        return True

    def _paynow_autopay_cancel(self, reason):
        """Switch automatic payment of this invoice off.

        :param str reason: See the field.
        """
        self.ensure_one()
        self._paynow_lock()  # A run that is at it comes first.
        choice = self.paynow_autopay_id
        if choice.invoice_id:
            choice._end(reason)
        elif choice:
            self._paynow_autopay_note(
                self.env._("Pay Now: automatic payment was switched off.")
            )
        self.write(
            {
                "paynow_autopay_id": False,
                "paynow_autopay_date": False,
                "paynow_autopay_off": True,
                "paynow_autopay_reason": reason,
            }
        )

    def _paynow_autopay_note(self, text):
        """Note on this invoice what became of its automatic payment, for staff.

        :param str text: What to note.
        """
        self.message_post(body=text, subtype_xmlid="mail.mt_note")
