# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import unicodedata

from babel.numbers import get_currency_symbol

from odoo import models
from odoo.tools.misc import babel_locale_parse

from ...utils import format_money, parse_amount

#: The categories of what currencies are named with, and of what stands between.
MARKS = ("Ll", "Lo", "Lu", "Sc", "Zs")


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def _paynow_format(self, amount):
        """Return an amount as the language of the context writes it.

        :param float amount: The amount in this currency.
        :rtype: str
        """
        self.ensure_one()
        return format_money(amount, self, self.env.lang)

    def _paynow_parse(self, text):
        """Return an amount of this currency as people type it, or as we write it.

        :param str text: The amount, in the language of the context.
        :return: The amount, exact; None if it is none.
        :rtype: decimal.Decimal|None
        """
        self.ensure_one()
        lang = self.env.lang or "en_US"
        # In Canada's English, US dollars are US$.
        locales = (babel_locale_parse(lang), "en_US", "en_CA")
        symbols = {get_currency_symbol(self.name, locale) for locale in locales}
        words = {self.currency_unit_label or "", self.full_name or ""}
        return parse_amount(text, lang, {self.name, self.symbol, *symbols, *words})

    def _paynow_is_foreign(self, text):
        """Tell whether a text that is no amount here is one in another currency.

        :param str text: The amount, in the language of the context.
        :rtype: bool
        """
        self.ensure_one()
        # Letters and signs of currencies, as they stand on either side.
        marks = {c for c in text or "" if unicodedata.category(c) in MARKS}
        bare = marks and text.strip("".join(marks))
        return bool(bare) and self._paynow_parse(bare) is not None
