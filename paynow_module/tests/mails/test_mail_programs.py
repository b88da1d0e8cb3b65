# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
import re

from lxml import html

from odoo.tests import tagged
from odoo.tools import file_open, html2plaintext

from ..common_payment import PaynowPaymentCommon

# Whose loss leaves a mail as good: corners, line breaks, what is hidden anyway.
BEAUTY = {"border-radius", "border-spacing", "max-height", "overflow", "white-space"}
CELLS = ("td", "th")
NO_BOXES = ("body", "span", "div", "p")
# What a program shows with some values or on some elements only: which of them.
LIMITS = {
    "background": lambda _tag, value: value.startswith("#"),
    "border": lambda tag, value: tag not in ("p", "div") and "px" in value,
    # A link that is no block is pressed on its letters; Word knows nothing but none.
    "display": lambda tag, value: value == "none" or tag in ("a", "img"),
    "font-size": lambda _tag, value: value == "0" or value.endswith("px"),
    "font-weight": lambda _tag, value: value == "bold",
    "height": lambda tag, _value: tag not in NO_BOXES,
    "letter-spacing": lambda _tag, value: value.endswith("px"),
    "line-height": lambda _tag, value: value != "normal",
    "margin": lambda tag, value: (
        tag not in ("span", "body") and "auto" not in value and "-" not in value
    ),
    "max-width": lambda tag, _value: tag in ("table", "img"),
    "overflow": lambda _tag, value: value == "hidden",
    "padding": lambda tag, _value: tag in CELLS,
    # Logical values are repeated by the attribute.
    "text-align": lambda _tag, value: value in ("start", "end", "left", "right"),
    "text-decoration": lambda _tag, value: value == "none",
    "width": lambda tag, value: tag not in (*NO_BOXES, "img") or value == "auto",
}
KNOWN = {"color", "font-family"}  # Every program shows them.
SIDES = re.compile(r"-(top|bottom|left|right)$")


@tagged("post_install", "-at_install")
class TestMailPrograms(PaynowPaymentCommon):
    """The mails in programs that drop what they don't know."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"paynow_email_links": True, "phone": "+1 555-555-5556"})
        with file_open("paynow_module/tests/mails/data/mail_programs.json") as file:
            cls.properties = json.load(file)["properties"]

    def _mail(self, name, record):
        """Return the whole mail that a template of ours makes."""
        template = self.env.ref(f"paynow_module.mail_template_{name}")
        template = template.with_context(paynow_is_reminder=name == "past_due")
        mail_id = template.with_company(self.company).send_mail(
            record.with_company(self.company).id
        )
        return self.env["mail.mail"].browse(mail_id).body_html

    def _get_mails(self):
        """Return a mail of each kind, by the name of its template."""
        tx = self._pay("done", amount=30.0)
        tx._post_process()
        return {
            **{
                name: self._mail(name, self.invoice)
                for name in ("invoice_delivery", "past_due", "secure_link")
            },
            **{name: self._mail(name, tx) for name in ("receipt", "returned")},
            "account_summary": self._mail("account_summary", self.client),
        }

    def test_what_a_program_drops_is_not_missed(self):
        """Test each property of each element by the published list."""
        self._create_bill("Inv124", 20.0, invoice_date="2026-01-01")  # For *Pay all*.
        mails = self._get_mails()
        for name in ("past_due", "account_summary"):
            self.assertIn("Pay all", mails[name])
        for name, body in mails.items():
            styled = html.fromstring(body).xpath("//body/descendant-or-self::*[@style]")
            self.assertGreater(len(styled), 10)
            for element in styled:
                for declaration in filter(None, element.get("style").split(";")):
                    key, _colon, value = declaration.partition(":")
                    key, value = key.strip(), value.strip()
                    with self.subTest(mail=name, tag=element.tag, style=declaration):
                        self.assertTrue(self._is_shown(element, key, value))

    def _is_shown(self, element, name, value):
        """Tell whether a declaration is shown, or its loss does no harm."""
        name = SIDES.sub("", name)
        if name in KNOWN:
            return True
        shown = self.properties[name].values()  # One that is not listed is no good.
        if "n" in shown and name not in BEAUTY:
            return False
        if "a" in shown and not LIMITS[name](element.tag, value):
            return False
        if name == "text-align" and value in ("start", "end"):
            return bool(element.get("align"))
        # Word takes a width of a style before that of the attribute.
        return name != "width" or not (element.get("width") or "").isdigit()

    def test_whoever_reads_text_gets_whole_links(self):
        """Test that the links of the text part can be copied."""
        text = html2plaintext(self._mail("past_due", self.invoice))
        self.assertIn(self.invoice.paynow_url, text.split())

    def test_line_beside_the_subject_is_of_its_own(self):
        """Test that it says what matters, and is not cut in a word."""
        for name, line in (
            ("invoice_delivery", "Inv123: $70.00, due on"),
            ("receipt", "$30.00 for invoice Inv123"),
            ("account_summary", "What is open on your account on"),
        ):
            with self.subTest(mail=name):
                page = html.fromstring(self._get_mails()[name])
                (hidden,) = page.xpath("//body/div[contains(@style, 'display: none')]")
                self.assertIn(line, hidden.text_content())

    def test_long_summary_is_not_clipped(self):
        """Test that Gmail, which hides what is beyond 102 KB, shows all of it."""
        for number in range(60):
            self._create_bill(f"Some rather long number 2026/{number}", 1234.5)
        body = self._mail("account_summary", self.client)
        rows = html.fromstring(body).xpath("//tr[contains(@class, 'pn-row')]")
        self.assertEqual(len(rows), 50)
        self.assertIn("and 11 more", body)
        self.assertLess(len(body.encode()), 90_000)
        for row in rows:
            self.assertLessEqual(len(html.tostring(row)), 1024)

    def test_styles_are_few_enough_for_gmail(self):
        """Test that Gmail, which drops a style sheet of more than 16 KB, keeps ours."""
        (style,) = html.fromstring(self._mail("past_due", self.invoice)).xpath(
            "//style"
        )
        self.assertLess(len(style.text), 16_000)
