# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import itertools
from contextlib import contextmanager
from hashlib import sha256
from unittest.mock import patch

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.tools import config, mute_logger

from .common import PaynowHttpCommon


class PaynowAttemptCommon(PaynowHttpCommon):
    """Visitors whose tries are counted: unlike in `_look_up`, none is forgotten."""

    def _try(self, email=None, number=None, amount="100", ip=None, link=None, **data):
        """Post the form as the visitor with an IP address.

        :param str email, number, amount: What is typed.
        :param str ip: The address that the proxy saw, if not that of this computer.
        :param str link: The token of the mailed link by which they came, this time.
        :param dict data: Further form data.
        :rtype: requests.Response
        """
        data = {
            "csrf_token": http.Request.csrf_token(self),
            "email": self.email if email is None else email,
            "invoice": self.invoice.name if number is None else number,
            "amount": amount,
            **data,
        }
        if not link:
            return self._post("/PAYNOW", data=data, ip=ip)
        self.url_open(f"/PAYNOW?link={link}")
        try:
            return self._post("/PAYNOW", data=data, ip=ip)
        finally:
            session = http.root.session_store.get(self.session.sid)
            session.pop("paynow_links", None)
            http.root.session_store.save(session)

    def _fail(self, times, ip=None, email="nobody{}@example.com", number="No{}"):
        """Look up what doesn't exist, each time under another number and address."""
        for count in range(times):
            response = self._try(email.format(count), number.format(count), ip=ip)
            self.assertEqual(response.status_code, 200)

    def _post(self, route, ip=None, **kwargs):
        """Post to a route as the visitor with an IP address, through a proxy.

        :rtype: requests.Response
        """
        headers = {}
        if ip:
            host = self.base_url().partition("://")[2]
            headers = {"X-Forwarded-For": ip, "X-Forwarded-Host": host}
        with patch.dict(config.options, {"proxy_mode": bool(ip)}):
            return self.url_open(
                route, headers=headers, allow_redirects=False, **kwargs
            )

    def _request_link(self, number=None, ip=None):
        """Ask for a secure link to an invoice.

        :rtype: requests.Response
        """
        data = {
            "csrf_token": http.Request.csrf_token(self),
            "invoice": self.invoice.name if number is None else number,
        }
        return self._post("/PAYNOW/link", data=data, ip=ip)

    def _get_link_token(self, invoice=None):
        """Return the token in the mailed link of an invoice."""
        return (invoice or self.invoice).paynow_url.partition("?link=")[2]

    def _get_attempts(self, *kinds):
        """Return the recorded attempts of these kinds, or all."""
        domain = [("kind", "in", kinds)] if kinds else []
        return self.env["paynow.attempt"].sudo().search(domain)

    def _record(self, kind, count, **values):
        """Record attempts without a visitor.

        :param str kind: See `paynow.attempt`.
        :param int count: How many.
        :param dict values: See `_record` there.
        """
        Attempt = self.env["paynow.attempt"]
        for _number in range(count):
            self._set_date(Attempt._record(self.company, kind, **values))

    def _set_date(self, attempts):
        """Have attempts happen now, by the frozen clock, not by that of PostgreSQL."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE paynow_attempt SET create_date = %s WHERE id = ANY(%s)",
            (fields.Datetime.now(), attempts.ids),
        )
        self.env.invalidate_all()

    def _assert_closed(self, response):
        """Assert that a response is the calm page that asks to come back later.

        :return: The seconds to wait.
        :rtype: int
        """
        self.assertEqual(response.status_code, 429)
        self.assertIn("this page takes a break", self._get_alert(response))
        wait = int(response.headers["Retry-After"])
        self.assertGreater(wait, 0)
        return wait

    def _work(self, response, ip=None, **changes):
        """Do the work that a page asks of the browser, and send its form.

        :param requests.Response response: The page.
        :param str ip: See `_try`.
        :param dict changes: What a forger sends instead.
        :rtype: requests.Response
        """
        (form,) = self._parse(response).xpath("//form[@id='o_paynow_work']")
        data = {field.get("name"): field.get("value") for field in form.iter("input")}
        zeros = "0" * int(form.get("data-bits"))
        for answer in itertools.count():
            digest = sha256(f"{data['puzzle']}.{answer}".encode()).digest()
            if f"{int.from_bytes(digest):0256b}".startswith(zeros):
                break
        data = {**data, "answer": str(answer), **changes}
        return self._post("/PAYNOW", data=data, ip=ip)

    def _assert_work(self, response):
        """Assert that a response is the page on which the browser works.

        :return: The bits of the work.
        :rtype: int
        """
        self.assertEqual(response.status_code, 429)
        self.assertGreater(int(response.headers["Retry-After"]), 0)
        (form,) = self._parse(response).xpath("//form[@id='o_paynow_work']")
        return int(form.get("data-bits"))

    def _assert_open(self, response):
        """Assert that a right pair leads to the checkout."""
        self.assertEqual(response.status_code, 303, self._get_alert(response))
        self.assertTrue(response.headers["Location"].startswith("/PAYNOW/checkout/"))

    def _post_form(self, form, invoice=None):
        """Post to the transaction route; unlike in common, no limit is reset before.

        :rtype: dict
        """
        return self._send_form(form, invoice).json()["result"]

    def _send_form(self, form, invoice=None):
        """Post to the transaction route and return the whole answer.

        :rtype: requests.Response
        """
        route = f"/PAYNOW/transaction/{(invoice or self.invoice).id}"
        with mute_logger("odoo.http"):
            return self.url_open(
                route,
                json={"id": 0, "jsonrpc": "2.0", "method": "call", "params": form},
            )

    @contextmanager
    def _patch_captcha(self, is_passed):
        """Have every captcha pass or fail, and yield the list of actions asked for."""
        actions = []

        def _verify_request_recaptcha_token(_self, action):
            actions.append(action)
            if not is_passed:
                raise UserError("Are you a robot?")  # pylint: disable=translation-required

        with patch.object(
            self.env.registry["ir.http"],
            "_verify_request_recaptcha_token",
            _verify_request_recaptcha_token,
        ):
            yield actions
