# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.fields import Command

AHEAD = 31  # Days; no notice is sent sooner.


class PaynowNotice(models.Model):
    """The mails about automatic payment, and what each said of a payment to come."""

    _inherit = "paynow.notice"

    kind = fields.Selection(
        selection_add=[
            ("autopay_copy", "Copy of an authorization"),
            ("autopay_notice", "Automatic payment to come"),
            ("autopay_ended", "Automatic payment switched off"),
        ],
        ondelete={
            "autopay_copy": "cascade",
            "autopay_notice": "cascade",
            "autopay_ended": "cascade",
        },
    )
    mandate_id = fields.Many2one(
        comodel_name="paynow.mandate",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    sent_date = fields.Date(
        string="Sent on", help="The day, for the company, on which it went out."
    )
    charge_date = fields.Date(
        string="Day of the payment", help="As the mail says it.", readonly=True
    )
    amount = fields.Monetary(
        string="Amount of the payment", help="As the mail says it.", readonly=True
    )
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    charge_line_ids = fields.Many2many(
        string="Instalments of the payment",
        comodel_name="account.move.line",
        relation="paynow_notice_charge_line_rel",
        readonly=True,
    )

    def write(self, vals):
        """Override of `base` to keep on which day a notice went out."""
        if vals.get("state") != "sent":
            return super().write(vals)
        for company, notices in self.grouped("company_id").items():
            super(PaynowNotice, notices).write(
                {"sent_date": company._paynow_get_today(), **vals}
            )
        return True

    @api.model
    def _cron_autopay_notice(self):
        """Tell clients of the automatic payments to come, each once."""
        cron = self.env["ir.cron"]
        invoices = self.env["account.move"]
        for company in self.env["res.company"].search(
            [("paynow_enabled", "=", True), ("paynow_autopay_enabled", "=", True)]
        ):
            ahead = fields.Date.add(company._paynow_get_today(), days=AHEAD)
            invoices += invoices.search(
                [
                    ("company_id", "=", company.id),
                    ("paynow_autopay_date", "<=", ahead),
                ],
                order="paynow_autopay_date, id",
            )
        cron._commit_progress(remaining=len(invoices))
        for invoice_id in invoices.ids:
            # One at a time: nothing of the others is read, or kept in memory.
            invoice = self.env["account.move"].browse(invoice_id)
            invoice._paynow_autopay_isolate(invoice._paynow_autopay_announce)
            self.env.invalidate_all()
            if not cron._commit_progress(1):
                return

    def _prepare_charge(self, run, mandate):
        """Note on this notice of which payment it tells, in place of those before.

        What still waits in the queue and says another day, or less, is not sent.

        :param AutopayRun run: The payment.
        :param paynow.mandate mandate: By what it is made.
        """
        self.ensure_one()
        lines = [item.line.id for item, _share in run.shares]
        older = self.search(
            [
                ("kind", "=", self.kind),
                ("invoice_id", "=", self.invoice_id.id),
                ("state", "=", "queued"),
                ("mail_id.state", "=", "outgoing"),
                ("charge_line_ids", "in", lines),
            ]
        )
        older.mail_id.cancel()
        older.write(
            {
                "state": "skipped",
                "reason": self.env._("Another notice took its place."),
                "message_id": False,
            }
        )
        self.write(
            {
                "charge_date": run.date,
                "amount": run.amount,
                "charge_line_ids": [Command.set(lines)],
                "mandate_id": mandate.id,
            }
        )

    def _get_stale_reason(self):
        """Override to keep back what tells of a payment that is not made so any more.

        Its day has come, or the invoice is paid otherwise.
        """
        if self.kind != "autopay_notice":
            return super()._get_stale_reason()
        if self.charge_date <= self.company_id._paynow_get_today():
            return self.env._("The day of the payment has come.")
        if not self.invoice_id._paynow_get_autopay_date():
            return self.env._(
                "Invoice %(number)s is paid, or no longer paid automatically.",
                number=self.invoice_id.name,
            )
        return ""

    def _is_used(self):
        """Tell whether a payment was made by this notice, or is being made.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.env["payment.transaction"].search_count(
                [
                    ("paynow_notice_id", "=", self.id),
                    ("state", "not in", ("cancel", "error")),
                ],
                limit=1,
            )
        )
