# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class PaynowAutopay(models.Model):
    """How a choice is made and ends, and which invoices it is about."""

    _inherit = "paynow.autopay"

    @api.model
    def _choose(self, partner, token, ip, text, invoice=None, **choice):
        """Record the choice that a client made, in the portal or behind a code.

        :param res.partner partner: The client, as the commercial partner.
        :param payment.token token: The saved method, one of the client's own.
        :param str ip: The address from which it was chosen.
        :param str text: What the client consented to, as read on the page.
        :param account.move invoice: The invoice, if it is about one.
        :param dict choice: `company`, `use_discounts`; for all invoices `timing`,
            `days`, `limit`; for one its `day`, if not its due date; and as `proven`,
            for who has not logged in, `proof`, `user_id` and `email` of the mandate.
        :rtype: paynow.autopay
        """
        company = choice["company"]
        values = {
            "company_id": company.id,
            "partner_id": partner.id,
            "token_id": token.id,
            "invoice_id": invoice.id if invoice else False,
            "timing": choice.get("timing", "on"),
            "days": choice.get("days", 0),
            "limit_amount": choice.get("limit", 0.0),
            "use_discounts": choice.get("use_discounts", False),
            "day": choice.get("day"),
        }
        token_sudo = token.sudo()  # Clients can't read the payment method.
        words = self._get_consent(company, partner, token, invoice)
        # Whoever shows the error goes on: nothing of a refused choice may stay.
        with self.env.cr.savepoint():
            # In sudo mode as clients can't write here; what they agree to is theirs.
            values["mandate_id"] = (
                self.env["paynow.mandate"]
                .sudo()
                ._authorize(
                    company,
                    partner,
                    kind="invoices" if invoice else "standing",
                    invoice_ids=[Command.set(invoice.ids)] if invoice else False,
                    medium=self.env["paynow.mandate.text"]._get_medium(
                        token_sudo.payment_method_id.code
                    ),
                    token_id=token_sudo.id,
                    method_name=token_sudo._paynow_get_autopay_name(),
                    **{**words.values, "text": text},
                    ip=ip,
                    **{
                        "proof": "login",
                        "user_id": self.env.uid,
                        "email": self.env.user.partner_id.email_normalized,
                        **choice.get("proven", {}),
                    },
                )
                .id
            )
            # In sudo mode as clients can't write here; the choice is their own.
            autopay = self.sudo().create(values)
            if invoice and invoice.sudo().paynow_autopay_id != autopay:
                raise UserError(
                    self.env._("There is nothing left to pay on this invoice.")
                )
        return autopay

    def _end(self, reason=None):
        """Switch these choices off, and the automatic payment of their invoices.

        :param str reason: See `paynow_autopay_reason`; None if a new choice follows.
        """
        for autopay in self.filtered("active"):
            invoices = self.env["account.move"].search(
                [("paynow_autopay_id", "=", autopay.id)]
            )
            invoices._paynow_lock()  # A run that is at one of them comes first.
            invoices.write(
                {
                    "paynow_autopay_id": False,
                    "paynow_autopay_date": False,
                    "paynow_autopay_reason": reason,
                }
            )
            if reason:
                for invoice in invoices:
                    invoice._paynow_autopay_note(
                        self.env._("Pay Now: automatic payment was switched off.")
                    )
            autopay.write(
                {
                    "active": False,
                    "end_date": fields.Datetime.now(),
                    "end_user_id": self.env.uid,
                }
            )
            autopay.mandate_id._revoke(
                self.env._("Automatic payment was switched off.")
                if reason
                else self.env._("A new choice replaced it.")
            )
        self.flush_recordset()  # The next choice may be unique again.

    def _follow_clients(self):
        """Keep each choice with the client who made it, or end it.

        A contact may come to belong to another company, or become one. What was chosen
        for one invoice goes along where the platform moves that, too; nobody's choice
        of all invoices grows to those of others.
        """
        for autopay in self.filtered("active"):
            invoice, partner = autopay.invoice_id, autopay.partner_id
            client = (invoice or partner).commercial_partner_id
            if client != autopay.token_id.partner_id.commercial_partner_id:
                autopay._end("staff")
            elif client != partner and invoice:
                autopay.partner_id = client
            elif client != partner:
                autopay._end("staff")

    def _take_invoices(self):
        """Set the open invoices that this choice is about to be paid automatically.

        Of all invoices, those that are past due are left for the client to pay.
        """
        self.ensure_one()
        today = self.company_id._paynow_get_today()
        invoices = self.invoice_id or self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial", "in_payment")),
                ("invoice_date_due", ">=", today),
                ("paynow_autopay_id", "=", False),
                ("paynow_autopay_off", "=", False),
            ]
        )
        for invoice in invoices.filtered(lambda i: i._paynow_is_open()):
            self._take(invoice)

    def _take(self, invoice, is_known=True):
        """Have an open invoice be paid automatically, if there is something to take.

        Nobody expects to be charged at once for what was late already when they chose
        to have all invoices paid. Who chose it for this one wants to have it paid.

        :param account.move invoice: The invoice.
        :param bool is_known: Whether it was there before; a new one is taken whole.
        """
        self.ensure_one()
        if self.invoice_id:
            invoice._paynow_autopay_leave()
        elif is_known and invoice.paynow_autopay_id != self:
            invoice._paynow_autopay_leave(before=self.company_id._paynow_get_today())
        items = invoice._paynow_get_open_items()
        if not all(item.line._paynow_is_autopay_left() for item in items):
            invoice._paynow_autopay_take(self)

    def _get_offset(self):
        """Return the time from a due date to the payment.

        :rtype: timedelta
        """
        self.ensure_one()
        sign = {"before": -1, "on": 0, "after": 1}[self.timing]
        return timedelta(days=sign * self.days)

    def _is_within_limit(self, invoice):
        """Tell whether an invoice is no larger than the client's limit.

        :rtype: bool
        """
        self.ensure_one()
        return not self.limit_amount or (
            self.currency_id.compare_amounts(
                abs(invoice.amount_total_signed), self.limit_amount
            )
            <= 0
        )
