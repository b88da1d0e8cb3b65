# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import format_date


class ResPartner(models.Model):
    """How the account summary looks."""

    _inherit = "res.partner"

    def _paynow_render_statement(self):
        """Return the tables of the account summary for a mail of the current company.

        :rtype: Markup
        """
        self.ensure_one()
        company = self.env.company
        statement = self._paynow_get_statement(company)
        return self.env["ir.qweb"]._render(
            "paynow_module.mail_statement",
            {
                "statement": statement,
                "look": company._paynow_get_mail_look(),
                "title": self.env._(
                    "%(company)s Invoices", company=statement["company_name"]
                ),
                "names": {
                    "issued": self.env._("Issued"),
                    "due": self.env._("Due"),
                    "amount": self.env._("Amount"),
                    "balance": self.env._("Balance"),
                },
                "autopay_note": lambda line, currency: self.env._(
                    "Automatic payment of %(amount)s on %(date)s",
                    amount=currency._paynow_format(line["autopay_amount"]),
                    date=format_date(self.env, line["autopay_date"]),
                ),
                "processing_note": lambda line, currency: self.env._(
                    "%(amount)s of it is being processed",
                    amount=currency._paynow_format(line["on_its_way"]),
                ),
                "hidden_note": lambda table: self.env._(
                    "and %(count)s more", count=table["hidden_count"]
                ),
            },
        )
