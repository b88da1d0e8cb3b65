# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import base64
import binascii
import re
import unicodedata
from decimal import Context, Decimal, InvalidOperation, localcontext
from ipaddress import ip_address, ip_network
from math import ceil
from urllib.parse import urlsplit

from babel.numbers import (
    NumberFormatError,
    format_currency,
    format_decimal,
    get_decimal_symbol,
    get_group_symbol,
    parse_decimal,
)
from babel.units import format_unit
from lxml import html
from markupsafe import Markup

from odoo.tools import email_normalize, float_repr
from odoo.tools.misc import babel_locale_parse, hash_sign, verify_hash_signed

MAX_AMOUNT_LENGTH = 32  # Characters; the longest price anyone types is far shorter.
MAX_DIGITS = 400  # Of any amount: the largest float has 309.
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
MAX_FIELD_LENGTH = 256  # Characters; 254 is the longest e-mail address (RFC 5321).
MAX_TOKEN_LENGTH = 1000  # Characters; ours have up to 350.


def parse_amount(text, lang_code, marks=()):
    """Parse an amount as people type it in their language.

    Spaces around the number are ignored, and so are the marks of its currency. Only
    signs, digits and the separators of the language are read: `1e5`, `NaN` or `0x10`
    are no amounts, and separators in unusual places (`1,00` in English) are refused
    rather than guessed.

    :param str text: The amount, e.g. `1,234.50` or `1.234,50`.
    :param str lang_code: The language to read it in, as a `res.lang` code.
    :param marks: How its currency may be named on either side: `USD`, `$`.
    :return: The amount, exact; None if the text is not an amount in this language.
    :rtype: decimal.Decimal|None
    """
    if not isinstance(text, str) or len(text) > MAX_AMOUNT_LENGTH:
        return None
    number = strip_marks(strip_controls(text), marks)
    number = number.replace("\u2212", "-")  # The typographic minus sign.
    number = "".join(
        str(unicodedata.digit(char)) if char.isdecimal() else char for char in number
    )
    if not re.fullmatch(r"[+-]?[.,٫]?\d[\d.,'’٫٬\s]*", number):
        return None
    locale = babel_locale_parse(lang_code or "en_US")
    group, point = get_group_symbol(locale), get_decimal_symbol(locale)
    number = number.replace("٬", group).replace("٫", point)  # Those of Arabic.
    # Keyboards have one space and one apostrophe; typographers have several.
    if group.isspace():
        number = re.sub(r"\s", group, number)
    elif group in "'’":
        number = re.sub(r"['’]", group, number)
    whole, _point, fraction = number.partition(point)
    whole = whole.lstrip("+-")
    if group in fraction:
        return None
    try:
        if group in whole:
            plain = int(whole.replace(group, ""))
            if whole != format_decimal(plain, locale=locale):
                return None
        return parse_decimal(number, locale=locale)
    except (NumberFormatError, InvalidOperation, ValueError):
        return None


def strip_marks(text, marks):
    """Return a text without the marks of a currency, and spaces, on either side.

    :param str text: The text.
    :param marks: The marks, whatever their case.
    :rtype: str
    """
    marks = sorted(map(strip_controls, marks), key=len, reverse=True)
    # Blanks within a mark, as in `$ US`, are typed or not.
    bare = ["".join(mark.split()) for mark in marks]
    either = "|".join(r"\s*".join(map(re.escape, mark)) for mark in bare if mark)
    if not either:
        return text.strip()
    # Whether the point of `Rs.500` is the word's or the number's, nobody knows.
    end = r"(?:(?<![^\W\d_])|(?![.,٫]))"
    text = re.sub(rf"^(?:\s*(?:{either}))+{end}", "", text, flags=re.I)
    return re.sub(rf"(?:(?:{either})\s*)+$", "", text, flags=re.I).strip()


def strip_controls(text):
    """Return a text without what only directs it, as the marks of right and left.

    :param str text: The text.
    :rtype: str
    """
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def format_wait(seconds, lang_code):
    """Return a time to wait in words, no shorter than it is: `15 minutes`, `24 hours`.

    :param int seconds: The time.
    :param str lang_code: The language, as a `res.lang` code.
    :rtype: str
    """
    minutes = ceil(seconds / 60)
    count, unit = (minutes, "minute") if minutes < 120 else (ceil(minutes / 60), "hour")
    locale = babel_locale_parse(lang_code or "en_US")
    return format_unit(count, f"duration-{unit}", "long", locale=locale)


def format_money(amount, currency, lang_code):
    """Return an amount as a language writes it: `$1,234.50` or `1.234,50 €`.

    No digit that the currency has is ever left out.

    :param float amount: The amount in the currency.
    :param res.currency currency: The currency.
    :param str lang_code: The language, as a `res.lang` code.
    :rtype: str
    """
    # Python's own precision is less than what a float may be.
    with localcontext(Context(prec=MAX_DIGITS)):
        return format_currency(
            Decimal(float_repr(amount, currency.decimal_places)),
            currency.name,
            locale=babel_locale_parse(lang_code or "en_US"),
            decimal_quantization=False,
        )


def is_safe_link(url):
    """Tell whether a link of an administrator may be shown to the public as a button.

    :param str url: The link.
    :return: True for a path of this website (`/path`) and for `https://host…`; False
        for every other scheme, for `//host`, backslashes, white space and control
        characters.
    :rtype: bool
    """
    if re.search(r"[\x00-\x20\x7f\\\s]", url) or url.startswith("//"):
        return False
    if url.startswith("/"):
        return True
    try:
        parts = urlsplit(url)
        return (
            url.lower().startswith("https://")
            and bool(parts.hostname)
            and not parts.username
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:  # A malformed port or IPv6 address.
        return False


def sign(record, scope, values, validity):
    """Return a token that proves that we wrote these values, for some time.

    :param BaseModel record: Any record, for its environment.
    :param str scope: What the token is for; it proves nothing elsewhere.
    :param values: The values, of types that JSON has.
    :param timedelta validity: How long the token holds.
    :rtype: str
    """
    return hash_sign(record.sudo().env, scope, values, expiration=validity)


def read_signed(record, scope, token):
    """Return the values of a token made by :func:`sign`.

    :param BaseModel record: Any record, for its environment.
    :param str scope: What the token is for.
    :param token: Whatever the client sent.
    :return: The values; None if the token is altered, expired or none of ours.
    """
    if not is_token(token):
        return None
    try:
        return verify_hash_signed(record.sudo().env, scope, token)
    except (AttributeError, TypeError, ValueError, OverflowError, binascii.Error):
        return None


def is_token(text):
    """Tell whether a text is spelled as :func:`sign` spells its tokens.

    Odoo's reader skips what is no letter of base64, and all after the padding: for it,
    one token has many spellings, and some of them hold a script.

    :param text: Whatever the client sent.
    :rtype: bool
    """
    if (
        not isinstance(text, str)
        or len(text) > MAX_TOKEN_LENGTH
        or not re.fullmatch(r"[A-Za-z0-9_-]+", text)
        or len(text) % 4 == 1
    ):
        return False
    content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return base64.urlsafe_b64encode(content).decode().rstrip("=") == text


def normalize_email(text):
    """Return the one address in a typed text, normalized.

    Python's parser is given nothing that is longer than an address: it takes ever more
    time, and fails on parentheses within parentheses.

    :param text: Whatever the client sent.
    :return: The address; False if the text is none, or several.
    :rtype: str|bool
    """
    if not is_plain_text(text.strip() if isinstance(text, str) else None):
        return False
    try:
        return email_normalize(text)
    except (RecursionError, ValueError, IndexError):
        return False


def get_client_key(address):
    """Return the address by which a visitor is counted.

    The owner of one IPv6 address has all of its network (RFC 6177), so that counts; an
    IPv4 address counts the same in both of its spellings. What is no address, as some
    proxies send, counts as it is.

    :param str address: The address of the client, as the server sees it.
    :rtype: str
    """
    try:
        # Some proxies send the port of the client, too, which is new each time.
        has_port = "]" in address or address.count(":") == 1
        ip = ip_address(urlsplit(f"//{address}").hostname if has_port else address)
    except ValueError:
        return str(address)[:MAX_FIELD_LENGTH]
    if ip.version == 6 and not ip.ipv4_mapped:
        return str(ip_network((ip, 64), strict=False))
    return str(getattr(ip, "ipv4_mapped", None) or ip)


def get_networks(key):
    """Return the wider networks of a visitor, as whose visitors they count, too.

    Providers give one customer a /56 or a /48 of IPv6 (RFC 6177), and whoever has that
    has some hundred or some ten thousand of the networks of :func:`get_client_key`. Of
    IPv4, a /24 is the least that is routed.

    :param str|None key: What :func:`get_client_key` says.
    :return: The /56, None unless of IPv6; and the /48 of IPv6 or the /24 of IPv4.
    :rtype: tuple[str|None, str|None]
    """
    try:
        network = ip_network(key or "")
    except ValueError:
        return None, key or None
    if network.version == 4:
        return None, str(network.supernet(new_prefix=24))
    return tuple(str(network.supernet(new_prefix=length)) for length in (56, 48))


def order_headings(text):
    """Return a text whose headings begin with the second level and leave none out.

    They look as before. Who listens to a page goes from heading to heading, and those
    of a text of others, as Odoo's own of a wire transfer, may begin with the fifth.

    :param Markup text: The text.
    :rtype: Markup
    """
    root = html.fragment_fromstring(text, create_parent="div")
    headings = list(root.iter(*HEADINGS))
    levels = sorted({heading.tag for heading in headings})
    for heading in headings:
        level = levels.index(heading.tag)
        heading.set("class", f"{heading.tag} {heading.get('class', '')}".strip())
        heading.tag = HEADINGS[min(level + 1, len(HEADINGS) - 1)]
    ordered = html.tostring(root, encoding="unicode")
    return Markup(ordered.removeprefix("<div>").removesuffix("</div>"))


def is_plain_text(text):
    """Tell whether a typed value is one line of text short enough to be looked up.

    :param text: Whatever the client sent.
    :rtype: bool
    """
    return (
        isinstance(text, str)
        and 0 < len(text) <= MAX_FIELD_LENGTH
        and not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)
    )


def only_texts(form):
    """Return what a form sent without its files, of which none of ours has any.

    :param dict form: What the browser sent, by name.
    :rtype: dict[str, str]
    """
    return {name: value for name, value in form.items() if isinstance(value, str)}


def as_decimal(amount):
    """Return a float amount as the decimal number that people see.

    :param float amount: The amount, rounded to its currency.
    :rtype: decimal.Decimal
    """
    return Decimal(repr(amount))
