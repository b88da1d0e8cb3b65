# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from urllib.parse import quote

from odoo.tests import tagged
from odoo.tools.misc import file_open

from ...utils import is_token, normalize_email, read_signed, sign
from ..common_payment import PaynowPaymentCommon

MARK = '"><zq9>'


def respell(token, other):
    """Return other spellings of a token, and what is none of ours.

    :param str token: A token.
    :param str other: One of another kind.
    :rtype: list[str]
    """
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = letters[letters.index(token[-1]) ^ 1]  # Of bits that may not count.
    texts = [
        token + "=",
        token + "==",
        token + "===" + MARK,
        token + "====" + other,
        token + MARK,
        token + "\x00",
        token + " ",
        token[:9] + "!" + token[9:],
        token[:9] + "\n" + token[9:],
        token[:-1] + last,
        token + other[-4:],
        token[: len(token) // 2] + other[len(other) // 2 :],
        token.replace("-", "+").replace("_", "/") + "+/",
        token * 2,
        token * 20,
        "A" * 1001,
        "",
    ]
    return [text for text in texts if text != token]


@tagged("post_install", "-at_install")
class TestToken(PaynowPaymentCommon):
    """Tokens have one spelling, and addresses are named nowhere."""

    def setUp(self):
        super().setUp()
        self.tx = self._pay("done", amount=30.0)
        proof = self.invoice._paynow_sign(40.0, self.email)
        self.link = self.invoice.paynow_url.partition("link=")[2]
        receipt = self.tx._paynow_get_landing_route().rpartition("/")[2]
        opt_out = self.client._paynow_get_opt_out_url(self.company)
        self.tokens = {
            "/PAYNOW/checkout/%s": proof,
            "/PAYNOW/tell/%s": proof,
            "/PAYNOW/receipt/%s": receipt,
            "/PAYNOW/reminders?client=%s": opt_out.partition("client=")[2],
            "/PAYNOW?link=%s": self.link,
            "/PAYNOW?proof=%s": proof,
        }

    def test_a_token_holds_in_one_spelling_only(self):
        """Test that whatever else a token is spelled like is as good as none."""
        # Somebody else's browser reads of a receipt what the money does.
        shown = {"receipt": "$30.00", "reminders": self.company.name}
        for path, token in self.tokens.items():
            page = re.split("[/?]", path)[2]
            self.assertIn(
                shown.get(page, self.invoice.name), self.url_open(path % token).text
            )
            for text in respell(token, self.link):
                with self.subTest(path=path, text=text[len(token) - 4 :][:40]):
                    response = self.url_open(path % quote(text, safe=""))
                    # A wrong proof leads to the empty form.
                    wanted = (200,) if "proof=" in path else (403, 404)
                    if not text:
                        wanted = (200, 403, 404)
                    self.assertIn(response.status_code, wanted)
                    self.assertNotIn("<zq9>", response.text)
                    self.assertNotIn(self.invoice.name, response.text)

    def test_the_reader_of_tokens_takes_one_spelling(self):
        for length in range(6):  # Of all lengths that base64 fills up differently.
            token = sign(self.client, "scope", "x" * length, None)
            self.assertEqual(read_signed(self.client, "scope", token), "x" * length)
            for text in respell(token, self.link):
                with self.subTest(length=length, text=text[-30:]):
                    self.assertIsNone(read_signed(self.client, "scope", text))
        for text in (None, 0, b"abc", ["abc"], "é" * 8, "A", "AAAAA"):
            with self.subTest(text=text):
                self.assertFalse(is_token(text))

    def test_json_routes_take_one_spelling(self):
        """Test that nothing is begun with another spelling of a proof."""
        form = self._prepare_form(self._open_checkout("40"))
        before = self.invoice.transaction_ids
        for text in respell(form["access_token"], self.link):
            with self.subTest(text=text[-30:]):
                form["access_token"] = text
                result = self._post_transaction(form).json()["result"]
                self.assertEqual(result["state"], "error")
        self.assertEqual(self.invoice.transaction_ids, before)

    def test_private_pages_name_their_address_nowhere_in_the_head(self):
        """Test that no search engine, and nobody who shares a page, gets a token."""
        for path, token in self.tokens.items():
            with self.subTest(path=path):
                page = self.url_open(path % token).text
                head = page.partition("</head>")[0]
                self.assertNotIn(token, head)
                self.assertNotRegex(head, r'rel="canonical"|og:url|hreflang')
        bare = self.url_open("/PAYNOW").text
        self.assertIn('rel="canonical"', bare)

    def test_the_kept_page_is_kept_for_its_own_address(self):
        """Test that who names another host reads it alone."""
        self.env.registry.clear_cache("templates")
        self.opener.headers["Host"] = "evil.example"
        self.url_open("/PAYNOW")
        del self.opener.headers["Host"]
        self.assertNotIn("evil.example", self.url_open("/PAYNOW").text)

    def test_a_form_that_is_too_long_is_refused_unread(self):
        self.authenticate(None, None)
        proof = self.tokens["/PAYNOW/checkout/%s"]
        for path in (
            "/PAYNOW",
            "/PAYNOW/link",
            "/PAYNOW/reminders",
            f"/PAYNOW/checkout/{proof}",
            f"/PAYNOW/tell/{proof}",
            f"/PAYNOW/code/{proof}/check",
        ):
            with self.subTest(path=path):
                response = self.url_open(path, data={"email": "a" * 17_000})
                self.assertEqual(response.status_code, 413)
                self.assertEqual(response.headers["Cache-Control"], "no-store")
                response = self.url_open(path, data={"email": "a" * 15_000})
                self.assertNotEqual(response.status_code, 413)
        route = f"/PAYNOW/transaction/{self.invoice.id}"
        response = self.url_open(route, json={"params": {"x": "a" * 17_000}})
        self.assertEqual(response.status_code, 413)
        with file_open("paynow_module/static/description/icon.png", "rb") as icon:
            files = {"invoice": icon.read() * 3}
        self.assertEqual(self.url_open("/PAYNOW/link", files=files).status_code, 413)

    def test_an_address_that_no_parser_can_read_is_none(self):
        for text in (
            *("(" * 600, "(" * 250, '"' * 250, "a@" * 120, "a@" * 100_000, "<" * 250),
            *("\x00", None, 5, [], "é" * 300),
        ):
            with self.subTest(text=str(text)[:20]):
                self.assertFalse(normalize_email(text))
        self.assertEqual(normalize_email("  A@B.example "), "a@b.example")
        response = self._look_up(email="(" * 600)
        self.assertEqual(response.status_code, 200)
        self.assertIn("We found no open invoice", response.text)
        self.assertFalse(re.search(r"Traceback|RecursionError", response.text))
