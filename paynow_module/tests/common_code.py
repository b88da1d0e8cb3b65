# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re

from odoo import fields, http

from .common_link import PaynowLinkCommon

NOON = fields.Datetime.to_datetime("2026-05-29 12:00:00")


class PaynowCodeCommon(PaynowLinkCommon):
    """Visitors who have proven one invoice and ask to see the others."""

    def _prove(self, invoice=None, email=None):
        """Look an invoice up and return its proof.

        :rtype: str
        """
        invoice = invoice or self.invoice
        response = self._try(email, invoice.name, amount="10")
        self._assert_open(response)
        return response.headers["Location"].rpartition("/")[2]

    def _post_code(self, route, ip=None, **data):
        """Send a form of ours to a route.

        :rtype: requests.Response
        """
        data = {"csrf_token": http.Request.csrf_token(self), **data}
        return self._post(route, data=data, ip=ip)

    def _request_code(self, proof, ip=None, **data):
        """Ask for a code.

        :rtype: requests.Response
        """
        return self._post_code(f"/PAYNOW/code/{proof}", ip, **data)

    def _check(self, proof, digits, ip=None, **data):
        """Type a code.

        :rtype: requests.Response
        """
        return self._post_code(f"/PAYNOW/code/{proof}/check", ip, code=digits, **data)

    def _mail_codes(self):
        """Run the scheduled action that mails the codes asked for."""
        self.env.ref("paynow_module.ir_cron_code").sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _get_code(self, proof, ip=None):
        """Ask for a code and return the one in the newest mail; None without a mail.

        :rtype: str|None
        """
        before = self._get_mails()
        self.assertEqual(self._request_code(proof, ip).status_code, 303)
        self._mail_codes()
        mails = self._get_mails() - before
        return self._parse_code(mails.body_html) if mails else None

    def _parse_code(self, body):
        """Return the code in the body of a mail."""
        return re.search(r">\s*(\d{6})\s*<", body)[1]

    def _get_mails(self):
        """Return the mails with a code that are queued."""
        return self.env["mail.mail"].sudo().search([("model", "=", "paynow.code")])

    def _get_codes(self):
        """Return the codes asked for, the newest first."""
        self.env.invalidate_all()
        return self.env["paynow.code"].sudo().search([])

    def _get_wrong(self, digits):
        """Return another code than the right one."""
        return f"{(int(digits) + 1) % 1_000_000:06}"

    def _create_colleague(self):
        """Create another contact of the client, who may pay its invoices."""
        return self.env["res.partner"].create(
            {
                "name": "Colleague",
                "parent_id": self.client.id,
                "email": "colleague@blueharbor.example.com",
            }
        )

    def _forget(self):
        """Begin anew: another browser, and no tries."""
        self._reset_limits()
        self.authenticate(None, None)

    def _assert_opened(self, response):
        """Assert that a code leads to the list of the client."""
        self.assertEqual(response.status_code, 303, response.text[:500])
        self.assertTrue(
            response.headers["Location"].endswith(
                f"/PAYNOW/items/{self.company.id}/{self.client.id}"
            )
        )

    def _assert_refused(self, response):
        """Assert that a code is refused in the words that are the same for all."""
        self.assertEqual(response.status_code, 200)
        self.assertIn(
            "This code is wrong, or works no more.", self._get_alert(response)
        )
        session = http.root.session_store.get(self.session.sid)
        if "paynow_clients" in session:  # Kept of a code that was right before.
            self.assertEqual(len(session["paynow_clients"]), 1)
