# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...models.mandates.paynow_mandate_text import KINDS, PLACE, PLACES, SCHEMES
from ..common_mandate import PaynowMandateCommon

#: What the rules ask of the words of a bank debit, whatever it is for.
ASKED = {
    "us_consumer": ("electronically debit", "correct erroneous debits", "a copy"),
    "us_business": ("electronically debit", "correct erroneous debits", "my business"),
    "ca_personal": ("personal PAD", "certain recourse rights", "www.payments.ca"),
    "ca_business": ("business PAD", "certain recourse rights", "www.payments.ca"),
    "sepa": ("(A) Acme", "(B) my bank", "8 weeks", "Reference of the mandate: M-7"),
    "other": ("I authorize Acme to debit",),
}
VALUES = {
    **dict.fromkeys(PLACES, "…"),
    "company": "Acme",
    "contact": "books@acme.example.com",
    "what": "This is for invoice 7.",
    "method": "ACH",
    "date": "May 29",
    "days": 10,
    "reference": "M-7",
}


@tagged("post_install", "-at_install")
class TestMandateText(PaynowMandateCommon):
    """The words of authorizations: what stands in them, and how they change."""

    def _get_text(self, scheme="us_business", kind="once"):
        """Return the words of a bank debit that hold now."""
        return self.Text._get_words(self.company, scheme, "bank", kind)

    # === WHAT STANDS IN THEM === #

    def test_each_country_has_the_words_that_its_rules_ask_for(self):
        for scheme, _label in SCHEMES:
            for kind, _kind_label in KINDS:
                with self.subTest(scheme=scheme, kind=kind):
                    text = self.Text._get_words(self.company, scheme, "bank", kind)
                    self.assertEqual(text.scheme, scheme)
                    words = text._render_words(VALUES)
                    for part in (
                        *ASKED[scheme],
                        "authorize",
                        "This is for invoice 7.",
                        "books@acme.example.com",
                        "revoke",
                        "May 29",
                    ):
                        self.assertIn(part, words)
                    self.assertNotRegex(words, r"[{}]")

    def test_they_are_named_after_what_they_are_for(self):
        self.assertEqual(
            self._get_text().display_name,
            "United States, business · Bank account · This one payment · 1",
        )

    def test_who_is_to_be_told_before_is_told_how_many_days(self):
        days = {"us_consumer": 10, "ca_personal": 10, "ca_business": 10,
                "us_business": 0, "sepa": 5, "other": 0}  # fmt: skip
        for scheme, _label in SCHEMES:
            with self.subTest(scheme=scheme):
                text = self._get_text(scheme, "standing")
                self.assertEqual(text.notice_days, days[scheme])
                self.assertEqual("{days} days before" in text.body, bool(days[scheme]))
                self.assertFalse(self._get_text(scheme, "once").notice_days)

    def test_a_one_time_debit_of_canada_ends_by_itself(self):
        for scheme in ("ca_personal", "ca_business"):
            self.assertIn("ends by itself", self._get_text(scheme, "once").body)

    def test_cards_have_the_words_of_everywhere_else(self):
        for scheme, _label in SCHEMES:
            for kind in ("invoices", "standing"):
                text = self.Text._get_words(self.company, scheme, "card", kind)
                self.assertEqual((text.scheme, text.medium), ("other", "card"))
                self.assertIn("keep my card", text.body)

    def test_words_are_filled_in_for_the_client(self):
        words = self.Text._prepare(
            self.company, self.client, "bank", "once", what="This is all.", method="ACH"
        )
        self.assertEqual(words.values["scheme"], "us_business")
        self.assertEqual(words.values["text_id"], self._get_text().id)
        self.assertIn("books@us.example.com, +1 555 0100", words.text)
        self.assertIn(f"I authorize {self.company.name} to", words.text)

    def test_a_place_that_nobody_fills_in_is_refused(self):
        for body in ("Pay {firma}.", "Pay { company }.", "Pay {company.", "Pay {}."):
            with self.subTest(body=body), self.assertRaises(ValidationError) as error:
                self.Text.create(
                    {
                        "scheme": "other",
                        "medium": "card",
                        "kind": "once",
                        "body": body,
                    }
                )
            self.assertIn("{company}, {contact}", str(error.exception))

    # === HOW THEY CHANGE === #

    def test_who_changes_shipped_words_makes_a_version_for_the_company(self):
        shipped = self._get_text()
        body = shipped.body
        shipped.with_user(self.accountant).write({"body": "I allow {what}"})
        own = self._get_text()
        self.assertEqual((own.company_id, own.version), (self.company, 2))
        self.assertEqual(own.body, "I allow {what}")
        self.assertEqual((shipped.body, shipped.active), (body, True))
        other = self.env["res.company"].sudo().create({"name": "Other"})
        self.assertEqual(
            self.Text._get_words(other, "us_business", "bank", "once"), shipped
        )

    def test_words_that_a_client_agreed_to_never_change(self):
        self._get_text().with_user(self.accountant).notice_days = 4
        used = self._get_text()
        used.with_user(self.accountant).body = "Not used {what}"
        self.assertEqual(self._get_text(), used)
        self._authorize(text_id=used.id)
        self.env.invalidate_all()
        used.with_user(self.accountant).body = "Changed {what}"
        new = self._get_text()
        self.assertEqual((used.body, used.active), ("Not used {what}", False))
        self.assertEqual((new.body, new.version), ("Changed {what}", 3))
        self.assertEqual(new.notice_days, 4)
        for values in ({"scheme": "other"}, {"version": 9}, {"company_id": False}):
            with self.assertRaises(UserError):
                used.write(values)
        with self.assertRaises(UserError):
            used.unlink()

    def test_translations_go_with_a_new_version(self):
        self.env["res.lang"]._activate_lang("de_DE")
        shipped = self._get_text()
        self.env.cr.execute(
            "UPDATE paynow_mandate_text"
            """ SET body = body || '{"de_DE": "Ich erlaube {what}"}' WHERE id = %s""",
            [shipped.id],
        )
        self.env.invalidate_all()
        shipped.with_user(self.accountant).notice_days = 2
        own = self._get_text()
        self.assertEqual(own.with_context(lang="de_DE").body, "Ich erlaube {what}")
        own.update_field_translations("body", {"de_DE": "Ich gestatte {what}"})
        self.assertEqual(own.with_context(lang="de_DE").body, "Ich gestatte {what}")
        with self.assertRaises(ValidationError):
            own.update_field_translations("body", {"de_DE": "Ich gestatte {was}"})
        with self.assertRaises(UserError):
            shipped.update_field_translations("body", {"de_DE": "Ich"})

    def test_staff_open_a_copy_to_write_a_new_version(self):
        action = self._get_text().with_user(self.accountant).action_new_version()
        new = self.Text.browse(action["res_id"])
        self.assertFalse(new.is_kept)
        self.assertEqual(self._get_text(), new)
        with self.assertRaises(AccessError):
            new.with_user(self.clerk).action_new_version()

    def test_who_takes_the_company_s_words_back_has_those_of_all(self):
        shipped = self._get_text()
        shipped.with_user(self.accountant).body = "I allow {what}"
        self._get_text().with_user(self.accountant).unlink()
        self.assertEqual(self._get_text(), shipped)
        with self.assertRaises(UserError):
            shipped.with_user(self.accountant).unlink()
        with self.assertRaises(UserError):
            shipped.active = False

    def test_each_place_is_one_that_is_filled_in(self):
        for text in self.Text.search([]):
            self.assertLessEqual(set(PLACE.findall(text.body)), set(PLACES))
