# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import format_date


class ResPartner(models.Model):
    """How the account summary looks."""

    _inherit = "res.partner"

    paynow_statement = fields.Html(
        string="Account summary",
        help="What is open on the account of the client, as the mail tells it.",
        compute="_compute_paynow_statement",
        sanitize=False,  # It is ours; its styles are for mail programs.
        groups=NO_ACCESS,
    )

    @api.depends_context("company", "lang")
    def _compute_paynow_statement(self):
        company = self.env.company
        look = company._paynow_get_mail_look()
        values = {
            "words": self._paynow_get_statement_words(),
            "pay_style": _style(look["background"], look["color"]),
            "background": look["background"],
            "color": look["color"],
            "title": self.env._("%(company)s Invoices", company=company.name),
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
        }
        for client, statement in self._paynow_get_statements(company).items():
            html = self.env["ir.qweb"]._render(
                "paynow_module.mail_statement", {**values, "statement": statement}
            )
            # Gmail hides what is beyond 102 KB: the blanks of the template are most
            # of it.
            client.paynow_statement = Markup(re.sub(r"\s*\n\s*", "\n", html))

    def _paynow_render_statement(self):
        """Return the tables of the account summary for a mail of the current company.

        :raise AccessError: If the user may not read what clients owe.
        :rtype: Markup
        """
        self.ensure_one()
        self.check_access("read")
        self.env["account.move.line"].check_access("read")
        # In sudo mode as nobody reads it otherwise, at a list of clients say.
        return self.sudo().paynow_statement

    def _paynow_get_statement_words(self):
        """Return how the state of a line is called and looks, by its status.

        :return: For each status, {'text': str, 'style': str}; blanks around the words
            are what Word leaves of a padding.
        :rtype: dict
        """
        words = {
            "past_due": (self.env._("Past Due"), "#b42318", "#ffffff"),
            "new": (self.env._("New"), "#d9e8fb", "#17457c"),
            "credit": (self.env._("Credit"), "#d7f0de", "#14532d"),
            "processing": (self.env._("Being processed"), "#fdf0d5", "#6b4a00"),
            "open": (self.env._("Open"), "#e5e7eb", "#374151"),
            "expired": (self.env._("Expired"), "#b42318", "#ffffff"),
            "expiring": (self.env._("Expiring Soon"), "#fdefc8", "#7a4a00"),
        }
        return {
            status: {
                "text": f"\N{NO-BREAK SPACE} {text} \N{NO-BREAK SPACE}",
                "style": _style(*colors),
            }
            for status, (text, *colors) in words.items()
        }


def _style(background, color):
    """Return the colors of a word in a mail, as its `style`.

    :rtype: str
    """
    return f"background-color:{background};color:{color}"
