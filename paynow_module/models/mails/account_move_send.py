# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _get_default_mail_partner_ids(self, move, mail_template, mail_lang):
        """Override of `account` to send our mail to who gets the reminders of it."""
        partners = super()._get_default_mail_partner_ids(move, mail_template, mail_lang)
        layout = mail_template.email_layout_xmlid or ""
        if (
            not move.partner_id  # A sale receipt may have none.
            or not mail_template.use_default_to
            or not layout.startswith("paynow_module.")
        ):
            return partners
        return move.partner_id._paynow_get_billing_contacts() or partners

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        """Override of `account` to send a template in the layout that it asks for.

        Only ours: other modules choose the layout of all invoices, whatever a template
        asks for.
        """
        layout = mail_template.email_layout_xmlid
        if layout and layout.startswith("paynow_module."):
            move = move.with_context(paynow_mail_layout=layout)
        unsent = move.filtered(lambda m: not m.is_move_sent and not m.paynow_sent_date)
        result = super()._send_mail(move, mail_template, **kwargs)
        self._paynow_note_sent(unsent)
        return result

    @api.model
    def _link_invoice_documents(self, invoices_data):
        """Override of `account` to note on which day an invoice was sent first."""
        moves = self.env["account.move"].union(*invoices_data)
        unsent = moves.filtered(
            lambda move: not move.is_move_sent and not move.paynow_sent_date
        )
        result = super()._link_invoice_documents(invoices_data)
        self._paynow_note_sent(unsent.filtered("is_move_sent"))
        return result

    @api.model
    def _paynow_note_sent(self, moves):
        """Note that invoices were sent today, the day of their company.

        :param account.move moves: The invoices.
        """
        for company, invoices in moves.grouped("company_id").items():
            invoices.paynow_sent_date = company.sudo()._paynow_get_today()
