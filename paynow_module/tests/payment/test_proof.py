# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import base64
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from ..common import PaynowCommon

NOT_FOUND = "We found no open invoice with this number for this e-mail address."


@tagged("post_install", "-at_install")
class TestProof(PaynowCommon):
    """The proof that a visitor knows an invoice."""

    def _read_proof(self, proof, company=None):
        """Read a proof as a visitor's request does."""
        return (
            self.env["account.move"]
            .with_user(self.public_user)
            ._paynow_read_proof(company or self.company, proof)
        )

    def test_proof_holds_invoice_amount_and_address(self):
        """Test that what was proven comes back, the address as it is on file."""
        proof = self.invoice._paynow_sign(40.5, " BILLING@blueharbor.example.com")
        self.assertEqual(
            self._read_proof(proof)[:4], (self.invoice, 40.5, self.email, "page")
        )

    def test_proof_expires_after_half_an_hour(self):
        """Test that a proof works for 30 minutes and no longer."""
        now = fields.Datetime.to_datetime("2026-05-29 12:00:00")
        with freeze_time(now):
            proof = self.invoice._paynow_sign(40.5, self.email)
        with freeze_time(now + timedelta(minutes=29, seconds=59)):
            self.assertTrue(self._read_proof(proof))
        with freeze_time(now + timedelta(minutes=30, seconds=1)):
            self.assertIsNone(self._read_proof(proof))

    def test_altered_proof_proves_nothing(self):
        """Test that no character of a proof can be changed, cut off or added."""
        proof = self.invoice._paynow_sign(40.5, self.email)
        for place in range(len(proof)):
            altered = "A" if proof[place] != "A" else "B"
            text = proof[:place] + altered + proof[place + 1 :]
            # The last character may hold bits that no byte uses.
            if place < len(proof) - 1:
                self.assertIsNone(self._read_proof(text), f"place {place}")
        self.assertIsNone(self._read_proof(proof[:-4]))
        self.assertIsNone(self._read_proof(proof + "AAAA"))

    def test_what_is_no_proof_proves_nothing(self):
        """Test that whatever a client sends is read without an error."""
        for proof in (
            None, False, True, 0, 1.5, "", " ", "x", "ÿ", "\ud800", [], {}, ["x"],
            "A" * 100, "AQ", "AQAAAAAAAAAA", "=" * 8, b"x",
        ):  # fmt: skip
            with self.subTest(proof=proof):
                self.assertIsNone(self._read_proof(proof))

    def test_proof_is_for_one_company(self):
        """Test that another company's website doesn't take it."""
        proof = self.invoice._paynow_sign(40.5, self.email)
        other = self.env["res.company"].create({"name": "Other Company"})
        self.assertIsNone(self._read_proof(proof, other))

    def test_proof_ends_with_the_address(self):
        """Test that it proves nothing once the address left the customer's contacts."""
        contact = self.env["res.partner"].create(
            {
                "name": "Dana Whitfield",
                "parent_id": self.client.id,
                "email": "dana@blueharbor.example.com",
            }
        )
        proof = self.invoice._paynow_sign(40.5, contact.email)
        self.assertTrue(self._read_proof(proof))
        contact.email = "dana.w@blueharbor.example.com"
        self.assertIsNone(self._read_proof(proof))

    def test_proof_tells_where_its_visitor_came_from(self):
        """Test that a mailed link is counted as one, and the rest as the page."""
        mailed = self.invoice._paynow_sign(40.5, self.email, source="mail")
        typed = self.invoice._paynow_sign(40.5, self.email)
        self.assertEqual(self._read_proof(mailed).source, "mail")
        self.assertEqual(self._read_proof(typed).source, "page")

    def test_proof_names_no_address(self):
        """Test that links that end up in logs tell nobody's address."""
        proof = self.invoice._paynow_sign(40.5, self.email)
        payload = base64.urlsafe_b64decode(proof + "===")[41:]
        self.assertIn(b"40.50", payload)
        self.assertNotIn(b"@", payload)
        self.assertNotIn(b"blueharbor", payload)

    # === MORE TIME === #

    def _ask_for_more(self, proof):
        """Return a proof with more time, as the page asks for it."""
        Invoice = self.env["account.move"].with_user(self.public_user)
        return Invoice._paynow_extend_proof(self.company, proof)

    def test_who_asks_in_time_gets_half_an_hour_more(self):
        now = fields.Datetime.to_datetime("2026-05-29 12:00:00")
        with freeze_time(now):
            proof = self.invoice._paynow_sign(40.5, self.email, "mail")
        with freeze_time(now + timedelta(minutes=29)):
            more = self._ask_for_more(proof)
        with freeze_time(now + timedelta(minutes=58)):
            self.assertIsNone(self._read_proof(proof))
            self.assertEqual(
                self._read_proof(more)[:4], (self.invoice, 40.5, self.email, "mail")
            )

    def test_nobody_gets_more_for_ever(self):
        proof = self.invoice._paynow_sign(40.5, self.email)
        for _time in range(10):
            proof = self._ask_for_more(proof)
            self.assertTrue(self._read_proof(proof))
        self.assertIsNone(self._ask_for_more(proof))

    def test_nothing_but_a_good_proof_gets_more(self):
        proof = self.invoice._paynow_sign(40.5, self.email)
        for token in ("x", None, 1, proof[:-4], self.invoice.paynow_url):
            with self.subTest(token=token):
                self.assertIsNone(self._ask_for_more(token))
