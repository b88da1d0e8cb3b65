# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import csv
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common_mandate import PaynowMandateCommon


@tagged("post_install", "-at_install")
class TestMandateDocument(PaynowMandateCommon):
    """The mandate on paper and as a table, for whom it concerns and no others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "America/New_York"
        cls.portal_user.partner_id.parent_id = cls.client
        cls.stranger_user = cls._create_user("eve", "base.group_portal")
        cls.stranger_user.partner_id.parent_id = cls.stranger

    def _make(self):
        """Return a mandate of one payment that came in."""
        with freeze_time("2026-07-01 16:00:00"):
            mandate = self._authorize(
                kind="once",
                amount=100.0,
                currency_id=self.currency.id,
                invoice_ids=[(6, 0, self.invoice.ids)],
                text_id=self.Text._get_words(
                    self.company, "us_business", "bank", "once"
                ).id,
                text="=I authorize it.",
                ip="192.0.2.7",
                email=self.email,
                method_name="ACH",
            )
        tx = self._pay_by_bank(paynow_mandate_id=mandate.id)
        tx.paynow_last_digits = "6789"
        return mandate

    def test_it_tells_all_that_was_agreed_and_all_that_was_paid(self):
        mandate = self._make()
        content, kind = mandate._print()
        self.assertIn(kind, ("pdf", "html"))
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("paynow_module.action_report_mandate", mandate.ids)[0]
            .decode()
        )
        for part in (
            mandate.reference,
            "=I authorize it.",
            "12:00",
            "(EDT)",
            "192.0.2.7",
            self.email,
            "This one payment: Inv123",
            "Bank account: ACH",
            "$100.00",
            "6789",
            "books@us.example.com",
            mandate.transaction_ids.reference,
        ):
            self.assertIn(part, html)

    def test_it_is_read_where_the_program_that_prints_fails(self):
        Report = self.env.registry["ir.actions.report"]
        with (
            patch.object(Report, "_paynow_can_print", return_value=True),
            patch.object(
                Report, "_render_qweb_pdf", side_effect=UserError("No memory")
            ),
        ):
            content, kind = self._make()._print()
        self.assertEqual(kind, "html")
        self.assertIn(b"=I authorize it.", content)

    def test_it_is_in_the_language_in_which_it_was_given(self):
        self.env["res.lang"]._activate_lang("de_DE")
        mandate = self._authorize(lang="de_DE")
        html = (
            mandate.env["ir.actions.report"]
            ._render_qweb_html("paynow_module.action_report_mandate", mandate.ids)[0]
            .decode()
        )
        self.assertIn("Deutsch", html)

    def test_the_client_opens_it_and_nobody_else(self):
        mandate = self._make()
        url = f"/my/mandates/{mandate.id}"
        self.authenticate(self.portal_user.login, self.portal_user.login)
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertEqual(self.url_open("/my/mandates/999999").status_code, 404)
        self.authenticate(self.stranger_user.login, self.stranger_user.login)
        self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate(None, None)
        response = self.url_open(url, allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])

    def test_who_paid_opens_it_from_the_receipt(self):
        tx = self._get_tx(self._pay_with_bank()["reference"])
        tx._set_pending()
        page = self._parse(self._open_receipt(tx))
        (url,) = page.xpath("//*[@id='o_paynow_mandate']//a/@href")
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Mandate", response.headers["Content-Disposition"])
        self.opener.cookies.clear()  # Another browser that has the address.
        self.assertEqual(self.url_open(url).status_code, 403)
        self.assertEqual(self.url_open(url[:-20] + "/mandate").status_code, 403)

    def test_an_auditor_gets_all_of_it_as_a_table(self):
        mandate, other = self._make(), self._authorize()
        self.authenticate(self.accountant.login, self.accountant.login)
        action = (mandate + other).with_user(self.accountant).action_export()
        response = self.url_open(action["url"])
        rows = list(csv.reader(response.content.decode("utf-8-sig").splitlines()))
        self.assertEqual(len(rows), 3)
        row = next(row for row in rows if mandate.reference in row)
        for part in (
            "'=I authorize it.",  # No formula.
            "192.0.2.7",
            self.email,
            self.client.name,
            "6789",
            mandate.transaction_ids.reference,
        ):
            self.assertIn(part, row)

    def test_nobody_exports_what_they_may_not_read(self):
        mandate = self._make()
        for user in (self.portal_user, self.internal_user):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    mandate.with_user(user).action_export()
                self.authenticate(user.login, user.login)
                response = self.url_open(f"/paynow/mandates/export?ids={mandate.id}")
                self.assertNotIn(mandate.reference, response.text)
