# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of `base` to leave who is merged one choice for all invoices.

        That of the contact who stays is kept, else the newest one. The others end as
        if staff had ended them, and those who made them are told by mail.
        """
        merged = src_partners | dst_partner
        # In sudo mode as who merges contacts need not see automatic payments.
        choices_sudo = (
            self.env["paynow.autopay"]
            .sudo()
            .search(
                [
                    "|",
                    ("partner_id", "in", merged.ids),
                    ("token_id.partner_id", "in", merged.ids),
                ]
            )
        )
        standing_sudo = choices_sudo.filtered(
            lambda choice: not choice.invoice_id and choice.partner_id in merged
        )
        for own_sudo in standing_sudo.grouped("company_id").values():
            kept_sudo = own_sudo.filtered(lambda c: c.partner_id == dst_partner)
            (own_sudo - (kept_sudo or own_sudo[:1]))._end("staff")
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()  # The platform does it in SQL.
        choices_sudo._follow_clients()
        return result
