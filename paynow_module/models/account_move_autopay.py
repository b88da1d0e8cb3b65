# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class AccountMove(models.Model):
    """What will be paid automatically."""

    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _get_paynow_autopay_date(self):
        """Return the date on which this invoice is paid automatically.

        :return: The date; False if the client has to pay it.
        :rtype: datetime.date|bool
        """
        self.ensure_one()
        return False
