# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ...const import PAYABLE_TYPES


class AccountMove(models.Model):
    """Whether a credit of the client, not applied yet, stands in for a payment.

    Whoever has paid is not charged and not reminded; a person applies the credit, or
    says that it is not for this invoice.
    """

    _inherit = "account.move"

    paynow_credit = fields.Monetary(
        string="Credits not applied",
        compute="_compute_paynow_credit",
        compute_sudo=True,  # Not everybody who sees an invoice sees all of the client.
        help="What the client has paid or was credited, in the currency and on the"
        " account of this invoice, and is not applied to any invoice.",
    )
    paynow_ignore_credit = fields.Boolean(
        string="Ignore credits",
        help="This invoice is paid automatically, and reminded of, although the client"
        " has a credit that is not applied.",
        copy=False,
        tracking=True,
    )

    @api.depends("state", "amount_residual", "currency_id", "commercial_partner_id")
    def _compute_paynow_credit(self):
        self.paynow_credit = 0.0
        invoices = self.filtered(
            lambda move: move.move_type in PAYABLE_TYPES and move.state == "posted"
        ).with_prefetch(self._prefetch_ids)
        for company, moves in invoices.grouped("company_id").items():
            credits_by_key = moves.commercial_partner_id._paynow_get_credits(company)
            for move in moves:
                credit = credits_by_key.get(move._paynow_get_credit_key(), [])
                move.paynow_credit = sum(amount for _name, amount in credit)

    def _paynow_get_credit(self):
        """Return what the client has paid too much, for whoever has proven the invoice.

        Most clients have no credit, which one look at an index tells.

        :return: The amount in the currency of the invoice.
        :rtype: float
        """
        self.ensure_one()
        invoice_sudo = self.sudo()  # Clients can't read their credits.
        client, account, currency = invoice_sudo._paynow_get_credit_key()
        for name in ("account.move.line", "res.partner"):
            self.env[name].flush_model()
        has_payments_without_entry = (
            invoice_sudo._get_invoice_in_payment_state() == "in_payment"
        )
        if has_payments_without_entry or self.env.execute_query(
            SQL(
                """
                SELECT 1
                  FROM account_move_line line
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE partner.commercial_partner_id = %s
                   AND line.company_id = %s
                   AND line.account_id = %s
                   AND line.currency_id = %s
                   AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE
                   AND line.amount_residual_currency < 0
                 LIMIT 1
                """,
                client.id, invoice_sudo.company_id.id, account.id, currency.id,
            )
        ):  # fmt: skip
            return invoice_sudo.paynow_credit
        return 0.0

    def _paynow_get_credit_key(self):
        """Return what a credit must agree in to be applied to this invoice.

        :return: The client, the receivable account and the currency.
        :rtype: tuple
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.display_type == "payment_term")
        return (self.commercial_partner_id, lines[:1].account_id, self.currency_id)

    def _paynow_is_held_by_credit(self):
        """Tell whether a credit keeps this invoice from being reminded of.

        That is one that covers what is late of the invoice, all of it if nothing is,
        and what is due before that.
        `autopay` overrides it: any credit holds an automatic payment.

        :rtype: bool
        """
        self.ensure_one()
        invoice_sudo = self.sudo()  # Clients learn no more than that it waits.
        if invoice_sudo.paynow_ignore_credit or not invoice_sudo.paynow_credit:
            return False
        credit, covered = invoice_sudo.paynow_credit, False
        key = invoice_sudo._paynow_get_credit_key()
        items = invoice_sudo.commercial_partner_id._paynow_get_open_items(
            invoice_sudo.company_id
        )
        late = {item.line for item in invoice_sudo._paynow_get_late_items()}
        waiting = late or set(invoice_sudo._paynow_get_term_lines())
        for item in sorted(items, key=lambda i: (i.date_due, i.line.move_id.id)):
            line, move = item.line, item.line.move_id
            if (
                item.rest < 0
                or line._paynow_get_credit_key() != key
                or move.paynow_ignore_credit
            ):
                continue
            credit -= item.still_to_pay
            if line in waiting:
                if self.currency_id.compare_amounts(credit, 0.0) < 0:
                    return False
                waiting.discard(line)
                covered = True
        return covered
