# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from markupsafe import Markup

from odoo import models
from odoo.tools import format_date

from ...const import PAYABLE_TYPES


class AccountMove(models.Model):
    """The mails on an invoice: which template, what it tells, how it looks."""

    _inherit = "account.move"

    def _get_mail_template(self):
        """Override of `account` to send invoices with our template, if so set."""
        template = self.env.ref(
            "paynow_module.mail_template_invoice_delivery", raise_if_not_found=False
        )
        companies_sudo = self.company_id.sudo()  # Their settings are not for everybody.
        if (
            self
            and template  # An administrator may have deleted it.
            and all(move.move_type in PAYABLE_TYPES for move in self)
            and all(
                company.paynow_enabled and company.paynow_invoice_delivery_enabled
                for company in companies_sudo
            )
        ):
            return template
        return super()._get_mail_template()

    def message_post(self, **kwargs):
        """Override of `account` to lay out the mails of our templates as ours.

        The sending of invoices names Odoo's own layout, whichever template it uses.
        """
        if layout := self.env.context.get("paynow_mail_layout"):
            self = self.with_context(paynow_mail_layout=False)
            kwargs["email_layout_xmlid"] = layout
        return super().message_post(**kwargs)

    def _paynow_get_mail_values(self):
        """Return what our mails tell of this invoice, as plain values.

        Of an invoice with instalments, what is due is what is late and what is due
        today, else the next one.

        :return: The values, as {'number': str, 'date_due': date, 'amount_due': str,
            'open': str|False (what is left of all instalments, where that is more),
            'instalments': list[dict] (of several: 'text': str, 'amount': str),
            'in_flight': str|False (payments that are being processed), 'is_paid': bool,
            'days_past_due': int}.
        :rtype: dict
        """
        self.ensure_one()
        today = self.company_id._paynow_get_today()
        in_flight = self._paynow_get_in_flight()
        # Less than nothing is left where a deposit of more than the total was paid.
        rest = max(
            0.0, self.amount_residual - self._paynow_get_received_without_entry()
        )
        items = self._paynow_get_open_items()
        due_items = [item for item in items if item.date_due <= today] or items[:1]
        due = self.currency_id.round(sum(item.rest for item in due_items)) or rest
        since = self._paynow_get_dunned_since()
        is_part = self.currency_id.compare_amounts(due, rest) < 0
        return {
            "number": self.name,
            "date_due": items[0].date_due if items else self.invoice_date_due,
            "amount_due": self._paynow_format(due),
            "open": is_part and self._paynow_format(rest),
            "instalments": [
                {
                    "text": self.env._(
                        "%(number)s, due %(date)s",
                        number=item.number,
                        date=format_date(self.env, item.date_due),
                    ),
                    "amount": self._paynow_format(item.rest),
                }
                for item in (items if len(items) > 1 else ())
            ],
            "in_flight": bool(in_flight) and self._paynow_format(in_flight),
            "is_paid": self.currency_id.is_zero(rest),
            "days_past_due": max(0, (today - since).days) if since else 0,
        }

    def _paynow_render_details(self):
        """Return the table of number, due date and amount, and what else matters.

        :rtype: Markup
        """
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "paynow_module.mail_invoice",
            {
                "invoice": self._paynow_get_mail_values(),
                "notes": self._paynow_get_mail_notes(),
            },
        )

    def _paynow_get_mail_notes(self):
        """Return what else the client should know, as sentences in their language.

        Another module can override it to say more, as `autopay` does.

        :rtype: list[str]
        """
        self.ensure_one()
        invoice, notes = self._paynow_get_mail_values(), []
        if invoice["in_flight"]:
            notes.append(
                self.env._(
                    "A payment of %(amount)s is being processed. Please don't pay this"
                    " amount a second time.",
                    amount=invoice["in_flight"],
                )
            )
        elif offer := self._paynow_get_discount_offer():
            amount, date = offer
            notes.append(
                self.env._(
                    "If you pay by %(date)s, %(amount)s is enough.",
                    date=format_date(self.env, date),
                    amount=self._paynow_format(amount),
                )
            )
        return notes

    def _paynow_render_button(self):
        """Return the button of the organization mails, where they shall carry it.

        :rtype: Markup
        """
        self.ensure_one()
        if not self.company_id.sudo().paynow_email_links:  # A setting, no secret.
            return Markup()
        return self._paynow_render_link()
