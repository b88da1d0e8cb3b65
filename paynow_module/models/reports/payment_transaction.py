# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models

# What a payment has come to, as its money is concerned: Odoo's state doesn't tell a
# bank payment that came back from one that was declined.
STATUSES = [
    ("begun", "Begun"),
    ("announced", "Announced"),
    ("under_way", "Under way"),
    ("not_posted", "Not posted"),
    ("received", "Received"),
    ("refund", "Refund"),
    ("returned", "Returned"),
    ("cancelled", "Cancelled"),
    ("declined", "Declined"),
]
BOOKED = ("in_process", "paid")


class PaymentTransaction(models.Model):
    """What the lists and graphs of the Pay Now menu tell of a payment.

    Each payment, captured part and refund is a row, as it is an entry in the books: a
    refund counts on its own day, as less than nothing.
    """

    _inherit = "payment.transaction"

    # Of each payment whose state changes, Odoo looks for the transaction.
    payment_id = fields.Many2one(index="btree_not_null")
    paynow_status = fields.Selection(
        string="Pay Now status",
        selection=STATUSES,
        help="What became of this payment; empty where its parts stand for it.",
        compute="_compute_paynow_status",
        store=True,
    )
    paynow_is_returned = fields.Boolean(
        string="Returned",
        help="Whether this payment was received and taken back by the bank.",
        readonly=True,
        copy=False,
    )
    paynow_date = fields.Date(
        string="Pay Now date",
        help="The day of the payment in the books; of one that is not in the books, the"
        " day of its last news, in the time zone of the company.",
        compute="_compute_paynow_status",
        store=True,
    )
    paynow_net_amount = fields.Monetary(
        string="Net received",
        help="What came in by this payment: less than nothing for a refund, nothing"
        " while it is under way, or where it was declined, cancelled or returned.",
        compute="_compute_paynow_status",
        store=True,
    )
    paynow_company_net = fields.Monetary(
        string="Net received in company currency",
        help="What came in by this payment, as it is booked, so that payments of all"
        " currencies add up.",
        currency_field="paynow_company_currency_id",
        compute="_compute_paynow_status",
        store=True,
    )
    paynow_company_currency_id = fields.Many2one(
        string="Company Currency", related="company_id.currency_id"
    )
    paynow_company_amount = fields.Monetary(
        string="Amount in company currency",
        help="The amount of this payment, as it is booked or at the rate of the day:"
        " less than nothing for a refund, without its parts for a payment that was"
        " captured in parts.",
        currency_field="paynow_company_currency_id",
        compute="_compute_paynow_status",
        store=True,
    )
    paynow_refunded_amount = fields.Monetary(
        string="Refunded",
        help="What was refunded of this payment; each refund has a row of its own.",
        compute="_compute_paynow_refunded_amount",
        compute_sudo=True,  # Whoever sees a payment may see what was refunded of it.
    )
    paynow_invoice_ids = fields.Many2many(
        comodel_name="account.move",
        string="Pay Now invoices",
        compute="_compute_paynow_invoice_ids",
    )

    @api.depends(
        "amount",
        "child_transaction_ids.state",
        "company_id",
        "currency_id",
        "is_paynow",
        "is_post_processed",
        "last_state_change",
        "payment_id.amount_company_currency_signed",
        "payment_id.date",
        "payment_id.state",
        "paynow_is_returned",
        "state",
    )
    def _compute_paynow_status(self):
        for tx in self:
            if not tx.is_paynow:
                tx.paynow_status = tx.paynow_date = False
                tx.paynow_net_amount = tx.paynow_company_net = 0.0
                tx.paynow_company_amount = 0.0
                continue
            tx.paynow_status = status = tx._paynow_get_status()
            payment = tx.payment_id
            tx.paynow_date = payment.date or fields.Datetime.context_timestamp(
                tx.with_context(tz=tx.company_id._paynow_get_zone()),
                tx.last_state_change or fields.Datetime.now(),
            )
            parts = tx._paynow_get_parts()
            settled = parts.filtered(lambda part: part.state in ("done", "cancel"))
            amount = tx.currency_id.round(tx.amount - sum(settled.mapped("amount")))
            company_amount = tx.currency_id._convert(
                amount, tx.company_id.currency_id, tx.company_id, tx.paynow_date
            )
            if payment.state in BOOKED:
                amount = payment.amount_signed
                company_amount = payment.amount_company_currency_signed
            is_in = status in ("received", "refund", "not_posted")
            tx.paynow_net_amount = amount if is_in else 0.0
            tx.paynow_company_net = company_amount if is_in else 0.0
            tx.paynow_company_amount = company_amount

    @api.depends("child_transaction_ids.state")
    def _compute_paynow_refunded_amount(self):
        for tx in self:
            tx.paynow_refunded_amount = tx._paynow_get_refunded()

    @api.depends("invoice_ids", "source_transaction_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_paynow_invoice_ids(self):
        for tx in self:
            invoices = tx._paynow_get_invoices()
            tx.paynow_invoice_ids = invoices._filtered_access("read")

    def _paynow_get_status(self):
        """Return what became of this payment, the books before the provider's news.

        :return: One of `STATUSES`; None if its parts, or the whole, stand for it.
        :rtype: str|None
        """
        self.ensure_one()
        payment, state = self.payment_id, self.state
        settled = self._paynow_get_parts().filtered(
            lambda part: part.state in ("done", "cancel")
        )
        if settled and not payment and state != "authorized":
            # What the provider confirmed beyond its parts is in no books.
            return "not_posted" if self._paynow_has_gap() else None
        if self.paynow_is_returned or (state == "cancel" and payment):
            return "returned"
        if payment.state in BOOKED:
            return "refund" if payment.payment_type == "outbound" else "received"
        if state == "done":
            source = self.source_transaction_id
            if self.operation != "refund" and source.payment_id.state in BOOKED:
                return None  # A part of what was booked as a whole.
            is_cancelled = payment.state in ("canceled", "rejected")
            return "cancelled" if is_cancelled else "not_posted"
        if state == "pending" and self.provider_code == "custom":
            return "announced"
        return {
            "draft": "begun",
            "pending": "under_way",
            "authorized": "under_way",
            "cancel": "cancelled",
            "error": "declined",
        }[state]

    def _paynow_take_back(self, *args, **kwargs):
        """Override of `outcome` to keep that these came back, and did not fail."""
        res = super()._paynow_take_back(*args, **kwargs)
        self.paynow_is_returned = True
        return res
