# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from markupsafe import Markup

from odoo import models


class AccountMove(models.Model):
    """What a reminder of one invoice offers beside it: to pay the others at once."""

    _inherit = "account.move"

    def _paynow_render_button(self):
        """Override of `mails` to add the links to several invoices to reminders.

        To those that a run or a button sends: they go to the client. The New Invoice
        mail, and whatever else a clerk makes from a template, goes to anybody.
        """
        button = super()._paynow_render_button()
        if not button or not self.env.context.get("paynow_is_reminder"):
            return button
        return button + self._paynow_render_items_links()

    def _paynow_render_items_links(self):
        """Return the links to pay all invoices of the client for a reminder of one.

        :return: The links; empty where this invoice is all that there is to pay.
        :rtype: Markup
        """
        self.ensure_one()
        client = self.commercial_partner_id
        email = self._paynow_get_link_email()
        # A contact who gets this invoice alone is not shown those of the others.
        if email not in client._paynow_get_billing_emails():
            return Markup()
        others = self._paynow_get_other_items()
        if not others:
            return Markup()
        today = self.company_id._paynow_get_today()
        late = [item for item in others if item.is_late(today)]
        items = others + self._paynow_get_open_items()
        links = client._paynow_prepare_items_links(
            self.company_id,
            email,
            self.currency_id,
            # Of what is overdue, the mail's own button pays this invoice.
            has_overdue=bool(late) and not all(item.is_late(today) for item in items),
        )
        if not links:
            return Markup()
        return self.env["ir.qweb"]._render(
            "paynow_module.mail_other_items", {"links": links}
        )
