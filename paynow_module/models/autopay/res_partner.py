# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class ResPartner(models.Model):
    """What a client is told of automatic payments, and whether there are any."""

    _inherit = "res.partner"

    paynow_autopay_stopped = fields.Boolean(
        string="No automatic payments",
        help="Nothing is charged automatically to this client, from this moment on."
        " What they chose is kept; pages and mails name them no day, and they are"
        " reminded like everybody. Once it is off, what was due goes on the day after.",
        company_dependent=True,
        groups="account.group_account_invoice",
        tracking=True,
    )

    def write(self, vals):
        """Override of `base` to let payments go on a day after they were stopped.

        Whoever moves a client below another company, or splits one, ends what was
        chosen for all invoices.
        """
        resumed = self.browse()
        if not vals.get("paynow_autopay_stopped", True):
            resumed = self.filtered("paynow_autopay_stopped")
        moved = self if {"parent_id", "is_company"} & set(vals) else self.browse()
        clients = moved.commercial_partner_id
        result = super().write(vals)
        if clients:
            # In sudo mode as who moves contacts need not see automatic payments.
            self.env["paynow.autopay"].sudo().search(
                [("partner_id", "in", (clients | moved.commercial_partner_id).ids)]
            )._follow_clients()
        if resumed:
            # In sudo mode as posted invoices are read-only to who may do this.
            self.env["account.move"].sudo().search(
                [
                    ("company_id", "=", self.env.company.id),
                    ("commercial_partner_id", "in", resumed.ids),
                    ("paynow_autopay_date", "!=", False),
                ]
            )._paynow_autopay_resume()
        return result

    def _paynow_prepare_statement_way(self, item):
        """Override to name the automatic payment of each item in the summary."""
        values = super()._paynow_prepare_statement_way(item)
        for run in item.line.move_id._paynow_get_autopay_runs():
            for other, amount in run.shares:
                if other.line == item.line:
                    values.update(autopay_date=run.date, autopay_amount=amount)
        return values
