# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class AccountMove(models.Model):
    """A client who pays this one invoice in another way, and keeps the rest."""

    _inherit = "account.move"

    paynow_autopay_paused = fields.Boolean(
        string="Automatic payment paused",
        help="The client paused the automatic payment of this invoice, and pays it in"
        " another way or goes on with it.",
        readonly=True,
        copy=False,
        tracking=True,
    )

    def _paynow_autopay_pause(self, is_paused):
        """Pause the automatic payment of this invoice for its client, or go on.

        :param bool is_paused: Whether it is paused.
        """
        self.ensure_one()
        self._paynow_lock()  # A run that is at it comes first.
        if not self.paynow_autopay_id or self.paynow_autopay_paused == is_paused:
            return
        self.paynow_autopay_paused = is_paused
        if is_paused:
            self._paynow_autopay_note(
                self.env._("Pay Now: the client paused automatic payment.")
            )
            return
        self._paynow_autopay_note(
            self.env._("Pay Now: the client goes on with automatic payment.")
        )
        self._paynow_autopay_schedule()

    def _paynow_get_autopay_card(self):
        """Override to tell that the client paused it."""
        return {
            **super()._paynow_get_autopay_card(),
            "is_paused": bool(self.paynow_autopay_id) and self.paynow_autopay_paused,
        }
