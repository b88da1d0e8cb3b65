# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from ...utils import format_money, is_safe_link, order_headings, parse_amount

# Spaces that typographers put between groups of digits.
NBSP = "\u00a0"
NARROW_NBSP = "\u202f"


@tagged("post_install", "-at_install")
class TestAmount(TransactionCase):
    def _assert_parsed(self, lang_code, expected):
        """Assert what amounts are read from texts in a language.

        :param str lang_code: The language.
        :param dict[str, str|None] expected: The amount of each text; None: no amount.
        """
        for text, amount in expected.items():
            with self.subTest(lang=lang_code, text=text):
                self.assertEqual(
                    parse_amount(text, lang_code),
                    amount if amount is None else Decimal(amount),
                )

    def test_amounts_are_read_as_typed_in_english(self):
        """Test that the point divides cents and commas group thousands in English."""
        self._assert_parsed(
            "en_US",
            {
                "100": "100",
                "100.00": "100",
                "0.10": "0.10",
                ".50": "0.50",
                "1234.5": "1234.5",
                "1,234": "1234",
                "1,234.50": "1234.50",
                "1,234,567.00": "1234567",
                "  100.00 ": "100",
                "+5": "5",
                "-5": "-5",
                "\u22125.00": "-5",
            },
        )

    def _get_currency(self, name, lang_code):
        """Return a currency as somebody of a language has it."""
        self.env["res.lang"]._activate_lang(lang_code)
        currency = self.env.ref(f"base.{name}")
        return currency.with_context(lang=lang_code)

    def test_amounts_are_read_as_we_write_them(self):
        """Test the code of the currency and its symbols, on either side."""
        for lang_code, name, texts in (
            ("en_US", "USD", ("$1,234.50", "US$ 1234.50", "USD 1234.50", "1234.50usd")),
            ("en_US", "USD", ("USD $1,234.50", "US $1234.5", "1234.50 dollars")),
            (
                "en_US",
                "CAD",
                ("CA$1,234.50", "$1234.50", "$1234.50 CAD", "CAD $1,234.50"),
            ),
            ("fr_CA", "USD", ("1 234,50 $ US", "1 234,50 $US")),
            (
                "fr_FR",
                "USD",
                (f"1{NARROW_NBSP}234,50{NBSP}$US", "USD1234,5"),
            ),
            ("de_DE", "CAD", (f"1.234,50{NBSP}CA$", "CA$ 1234,50")),
            ("de_DE", "EUR", (f"1.234,50{NBSP}€", "€ 1234,5", "EUR 1.234,50")),
            ("pt_BR", "BRL", (f"R${NBSP}1.234,50", "1234,50 R$", "BRL 1234,50")),
        ):
            currency = self._get_currency(name, lang_code)
            for text in (*texts, currency._paynow_format(1234.5)):
                with self.subTest(lang=lang_code, text=text):
                    self.assertEqual(currency._paynow_parse(text), Decimal("1234.50"))

    def test_every_currency_is_read_as_we_write_it(self):
        """Test that what a page shows may be pasted, in the languages that we ship."""
        currencies = self.env["res.currency"].with_context(active_test=False).search([])
        unread = []
        for lang_code in ("en_US", "fr_FR", "es_ES", "de_DE", "nl_NL", "pt_BR"):
            self.env["res.lang"]._activate_lang(lang_code)
            for currency in currencies.with_context(lang=lang_code):
                text = currency._paynow_format(1234567.0)
                if currency._paynow_parse(text) != 1234567:
                    unread.append((lang_code, currency.name, text))
        self.assertTrue(currencies)
        self.assertFalse(unread)

    def test_an_amount_in_another_currency_is_none_and_told(self):
        """Test that no euros are taken for dollars, nor dollars for one another."""
        for name, text in (
            ("USD", "1234.50 €"),
            ("USD", "EUR 1234.50"),
            ("USD", "CA$1,234.50"),
            ("CAD", "US$100"),
            ("CAD", "100 US$"),
            ("EUR", "$5"),
            ("USD", "USD.50"),
        ):
            currency = self._get_currency(name, "en_US")
            with self.subTest(currency=name, text=text):
                self.assertIsNone(currency._paynow_parse(text))
                self.assertTrue(currency._paynow_is_foreign(text))
        for text in ("", "$", "abc", "1e5", "5%", "1,2345", None):
            with self.subTest(text=text):
                self.assertFalse(currency._paynow_is_foreign(text))

    def test_amounts_are_read_as_typed_in_german(self):
        """Test that the comma divides cents and points group thousands in German."""
        self._assert_parsed(
            "de_DE",
            {
                "100": "100",
                "100,00": "100",
                "1234,50": "1234.50",
                "1.234": "1234",
                "1.234,50": "1234.50",
                "1,234": "1.234",  # Refused later: no currency of ours has mills.
                "1,234.50": None,
                "100.00": None,
            },
        )

    def test_amounts_are_read_as_typed_in_french(self):
        """Test that any kind of space groups thousands in French."""
        self._assert_parsed(
            "fr_FR",
            {
                "1234,50": "1234.50",
                "1 234,50": "1234.50",
                f"1{NBSP}234,50": "1234.50",
                f"1{NARROW_NBSP}234,50 ": "1234.50",
                "12 34,50": None,
                "1.234,50": None,
                "1,234.50": None,
            },
        )

    def test_amounts_are_read_as_typed_in_switzerland(self):
        """Test that both apostrophes group thousands in Swiss German."""
        self._assert_parsed(
            "de_CH",
            {
                "1234.50": "1234.50",
                "1'234.50": "1234.50",
                "1’234.50": "1234.50",
                "1,234.50": None,
            },
        )

    def test_amounts_are_read_as_typed_in_arabic(self):
        """Test that Arabic digits and separators are read as well as Latin ones."""
        self._assert_parsed(
            "ar_001",
            {
                "100": "100",
                "1,234.50": "1234.50",
                "١٠٠": "100",
                "١٠٠٫٥٠": "100.50",
                "١٬٢٣٤٫٥٠": "1234.50",
            },
        )

    def test_amounts_are_read_as_typed_in_india(self):
        """Test that digits may be grouped as in India."""
        self._assert_parsed("hi_IN", {"12,34,567.50": "1234567.50", "100": "100"})

    def test_what_is_no_amount_is_not_guessed(self):
        """Test that numbers of programmers and misplaced separators are refused."""
        no_amounts = [
            "", " ", ".", "-", "$", "abc", "1e5", "1E5", "NaN", "nan", "Infinity",
            "-inf", "0x10", "1_000", "1.2.3", "1,00", "1,2345", "1,,234", "1.234,50",
            "1 000", "--5", "5-", "5%", "½", "²", "1+1", "100 USD", "1\n0", "1\x000",
            "1" * 33,
        ]  # fmt: skip
        self._assert_parsed("en_US", dict.fromkeys(no_amounts))

    def test_only_text_is_read(self):
        """Test that a client can't send a list, a number or nothing as the amount."""
        for value in (
            None,
            False,
            True,
            100,
            100.0,
            ["100"],
            {"amount": "100"},
            b"100",
        ):
            with self.subTest(value=value):
                self.assertIsNone(parse_amount(value, "en_US"))

    def test_amounts_are_exact(self):
        """Test that no binary fraction comes between what is typed and what is paid."""
        self.assertEqual(
            str(parse_amount("123456789012.10", "en_US")), "123456789012.10"
        )

    def test_money_is_written_as_in_the_language(self):
        """Test that a payer reads amounts as they are written in their country."""
        self.env["res.currency"].with_context(active_test=False).search(
            []
        ).active = True
        for amount, currency_name, lang_code, expected in (
            (100.0, "USD", "en_US", "$100.00"),
            (1234.5, "USD", "en_US", "$1,234.50"),
            (1234567.0, "USD", "en_US", "$1,234,567.00"),
            (-5.0, "USD", "en_US", "-$5.00"),
            (1234.5, "EUR", "de_DE", f"1.234,50{NBSP}€"),
            (1234.5, "EUR", "fr_FR", f"1{NARROW_NBSP}234,50{NBSP}€"),
            (1234.5, "CHF", "de_CH", f"CHF{NBSP}1’234.50"),
            (1235.0, "JPY", "en_US", "¥1,235"),
            (1.234, "KWD", "de_DE", f"1,234{NBSP}KWD"),
            (0.1 + 0.2, "USD", "en_US", "$0.30"),
        ):
            with self.subTest(currency=currency_name, lang=lang_code, amount=amount):
                currency = self.env["res.currency"].search(
                    [("name", "=", currency_name)]
                )
                self.assertEqual(format_money(amount, currency, lang_code), expected)

    def test_no_digit_of_a_currency_is_left_out(self):
        """Test that a currency set up with more decimals than usual shows them all."""
        currency = self.env["res.currency"].create(
            {"name": "XTS", "symbol": "T", "rounding": 0.0001}
        )
        self.assertIn("1.2345", format_money(1.2345, currency, "en_US"))

    def test_the_largest_amount_is_written_out(self):
        """Test that no amount, however it got there, breaks the page that shows it."""
        currency = self.env.company.currency_id
        for amount in (1e30, 1e32, 1e300, -1e40, -0.0):
            with self.subTest(amount=amount):
                self.assertTrue(format_money(amount, currency, "en_US"))

    def test_links_to_pages_and_secure_sites_are_safe(self):
        """Test that the administrator may lead clients to a page or a secure site."""
        for link in (
            "/",
            "/web/login",
            "/my/invoices?filter=open#top",
            "/my?next=//x",
            "https://portal.example.com",
            "HTTPS://PORTAL.EXAMPLE.COM",
            "https://portal.example.com:8443/a/b?c=d#e",
            "https://[2001:db8::1]/login",
        ):
            with self.subTest(link=link):
                self.assertTrue(is_safe_link(link))

    def test_links_that_run_scripts_or_disguise_their_host_are_not_safe(self):
        """Test that no scheme but https, no hidden host and no odd character pass."""
        for link in (
            "",
            "web/login",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "mailto:a@example.com",
            "ftp://example.com",
            "http://example.com",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:\\\\evil.example",
            "https:/evil.example",
            "https:evil.example",
            "https:",
            "https://",
            "https:///path",
            "https://?x",
            "https://user@evil.example",
            "https://portal.example.com:pw@evil.example",
            "https://evil.example:port",
            "https://evil.example:99999",
            "https://[::1",
            "https://exa mple.com",
            "/\t/evil.example",
            "/a b",
            "/a\r\nSet-Cookie: x=y",
            "\x00/web/login",
            "/web/login\x7f",
            "/web/\u2028login",
        ):
            with self.subTest(link=link):
                self.assertFalse(is_safe_link(link))

    def test_headings_of_others_follow_on_ours(self):
        """Test that none is left out, that they look as before, and odd texts."""
        for text, expected in {
            "<h5>Transfer</h5><h6>Bank</h6>": (
                '<h2 class="h5">Transfer</h2><h3 class="h6">Bank</h3>'
            ),
            '<h1 class="x" id="a">A</h1><h3>B</h3><h1>C</h1>': (
                '<h2 class="h1 x" id="a">A</h2><h3 class="h3">B</h3>'
                '<h2 class="h1">C</h2>'
            ),
            "h5<hr/><p>ü &amp; </h4>": "h5<hr><p>ü &amp; </p>",
            "": "",
        }.items():
            with self.subTest(text=text):
                self.assertEqual(order_headings(text), expected)
