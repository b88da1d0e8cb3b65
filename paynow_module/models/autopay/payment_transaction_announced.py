# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class PaymentTransaction(models.Model):
    """What the client was told before, and is told after an automatic payment."""

    _inherit = "payment.transaction"

    paynow_notice_id = fields.Many2one(
        string="Told by",
        comodel_name="paynow.notice",
        help="The mail that told the client of this automatic payment before.",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def _paynow_render_receipt(self):
        """Override to name what the client agreed to, and how to stop it."""
        receipt = super()._paynow_render_receipt()
        if not self.paynow_run_key or self.env.context.get("paynow_copy"):
            return receipt  # A copy goes to whom the payer names.
        choice = (
            self.env["paynow.autopay"]
            .with_context(active_test=False)
            .search([("mandate_id", "=", self.paynow_mandate_id.id)], limit=1)
        )
        if not choice:
            return receipt
        return receipt + self.env["ir.qweb"]._render(
            "paynow_module.mail_autopay_receipt",
            {
                "number": self.paynow_mandate_id.reference,
                "stop_url": choice.active and choice._get_link("stop"),
            },
        )
