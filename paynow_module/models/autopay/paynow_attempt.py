# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class PaynowAttempt(models.Model):
    """The payment methods that guests began to save; they count like payments."""

    _inherit = "paynow.attempt"

    kind = fields.Selection(
        selection_add=[("saving_started", "Saving of a method started")],
        ondelete={"saving_started": "cascade"},
    )
