# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
import unicodedata

from odoo.addons.account.tools import is_valid_structured_reference
from odoo.addons.account.tools.structured_reference import (
    sanitize_structured_reference,
)

from .utils import is_plain_text

# What people write before a number, in the languages of the page.
WORDS = (
    "beleg|bill|boleto|document|factura|facture|factuur|factuurnummer|fatura|inv"
    "|invoice|nf|no|nr|num|number|numero|numéro|número|nummer|núm|nº|n°|rechnung"
    "|rechnungsnummer|receipt"
)
ISO_11649 = re.compile(r"RF\d{2}[0-9A-Z]{1,21}", re.IGNORECASE)
BELGIAN = re.compile(r"\d{12}")
SWISS = re.compile(r"\d{27}")  # Odoo has no check of those by itself.
WORDED = re.compile(
    rf"(?:(?:{WORDS})[\s.:#]+|[#№]\s*)+(?P<number>.*\d.*)", re.IGNORECASE
)


def read_number(text):
    """Return a number as typed, if it is one line of text short enough to be one.

    :param text: Whatever the client sent.
    :return: The number; empty if it is something else.
    :rtype: str
    """
    text = text.strip("\t") if isinstance(text, str) else ""  # As spreadsheets copy it.
    return text if is_plain_text(text) else ""


def strip_blanks(text):
    """Return a typed number without the blanks around it, which are no part of it.

    Those of typographers count, and what can't be seen at all: marks of direction and
    the like come along when a number is copied. What stands within is left alone.

    :param str text: The number, as typed.
    :rtype: str
    """

    def is_blank(char):
        return char == "\t" or unicodedata.category(char) in ("Zs", "Zl", "Zp", "Cf")

    start, end = 0, len(text)
    while start < end and is_blank(text[start]):
        start += 1
    while start < end and is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def get_reference_spellings(text):
    """Return how the books may spell a payment reference, beginning with the shortest.

    A structured one is the same with and without blanks; in the books it stands as
    Odoo's localizations write it. Anything else is exact.

    :param str text: The reference, without blanks around it.
    :rtype: list[str]
    """
    plain = sanitize_structured_reference(text)
    spellings = [plain]
    if ISO_11649.fullmatch(plain):
        plain = plain.upper()
        parts = [plain[start : start + 4] for start in range(0, len(plain), 4)]
        spellings = [plain, " ".join(parts)]
    elif BELGIAN.fullmatch(plain):
        body = f"{plain[:3]}/{plain[3:7]}/{plain[7:]}"
        spellings += [f"+++{body}+++", f"***{body}***"]
    elif not SWISS.fullmatch(plain) and not is_valid_structured_reference(plain):
        return [text]
    elif plain.startswith("SI01"):
        spellings.append(f"SI01 {plain[4:]}")
    return list(dict.fromkeys([*spellings, text]))


def find_number(text):
    """Return the number in a text that begins with a word for it, as `Invoice 42`.

    :param str text: What was typed for the number.
    :return: The number; None where the text has no such word.
    :rtype: str|None
    """
    has_digit = re.search(r"\d", text)
    match = has_digit and WORDED.fullmatch(strip_blanks(text))
    return match["number"] if match else None
