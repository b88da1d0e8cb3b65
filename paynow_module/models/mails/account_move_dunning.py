# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import date

from odoo import fields, models


class AccountMove(models.Model):
    """What of an invoice the client is asked for as past due, and since when."""

    _inherit = "account.move"

    paynow_sent_date = fields.Date(
        string="Sent to the client on",
        help="Reminders count from this day where it is later than the due date. It is"
        " filled in when the invoice is sent; do so yourself if the client got it in"
        " another way.",
        copy=False,
    )

    def _paynow_get_dunned_items(self):
        """Return the open items of this invoice that the client may be reminded of.

        Another module can override it to leave some out, as `autopay` does.

        :return: The items, the first due first.
        :rtype: list[OpenItem]
        """
        self.ensure_one()
        return self._paynow_get_late_items()

    def _paynow_get_dunned_since(self):
        """Return from which day on reminders of this invoice count.

        Nobody is late with what they have not got yet.

        :return: The due date of the first open item that is late, of the first one if
            none is, or the day on which the invoice was sent, if that is later; None if
            nothing is open.
        :rtype: datetime.date|None
        """
        self.ensure_one()
        items = self._paynow_get_dunned_items() or self._paynow_get_open_items()
        if not items:
            return None
        return max(items[0].date_due, self.paynow_sent_date or date.min)
