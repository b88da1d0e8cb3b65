# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import socket
import ssl
from contextlib import closing, contextmanager
from datetime import timedelta
from unittest.mock import patch

import requests
from urllib3.exceptions import MaxRetryError, SSLError

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.autopay.payment_provider import REPEATABLE, ChargeAnswer
from ..common import PaynowCommon
from ..common_answer import AnsweringServer, stripe_decline

REFUSED = (400, 401, 402, 403, 404, 405, 413, 415, 422, 429)
UNCLEAR = (
    *(406, 408, 409, 412, 414, 416, 418, 424, 425, 499),
    *(500, 502, 503, 504, 529),
)


@tagged("-at_install", "post_install")
class TestProviderAnswer(PaynowCommon):
    """What each answer of a provider means for an automatic payment."""

    def setUp(self):
        super().setUp()
        self.server = AnsweringServer()
        self.addCleanup(self.server.close)

    def _ask(self, url=None, code="stripe", is_repeat=False):
        """Send a request as Odoo's providers do, and return what was noted of it.

        :return: What was noted, and what was raised.
        :rtype: tuple[dict, Exception]
        """
        answer = ChargeAnswer(is_repeat=is_repeat)
        provider = self.provider.with_context(paynow_answer=answer)
        Provider = self.env.registry["payment.provider"]
        url = url or self.server.url
        with (
            patch.object(Provider, "_build_request_url", lambda *a, **kw: url),
            patch.object(
                Provider, "_build_request_headers", lambda *a, **kw: {"X-Test": "1"}
            ),
            patch.object(Provider, "_build_request_auth", lambda *a, **kw: None),
            patch.object(Provider, "_log_request", lambda *a, **kw: None),
            patch.object(Provider, "_log_response", lambda *a, **kw: None),
            patch.object(Provider, "code", code),
            self.assertRaises(Exception) as raised,
        ):
            provider._send_api_request("POST", "/payments", json={"amount": 1})
        return answer, raised.exception

    def _is_unclear(self, *args, **kwargs):
        """Tell whether the run takes the outcome of a request for unknown.

        What is no `ValidationError` goes through Odoo up to the run, which then does.
        """
        answer, error = self._ask(*args, **kwargs)
        return bool(answer.get("is_unclear")) or not isinstance(error, ValidationError)

    @contextmanager
    def _in_haste(self):
        """Wait for a connection and an answer no longer than a moment."""
        send = requests.adapters.HTTPAdapter.send

        def send_in_haste(adapter, request, **kwargs):
            return send(adapter, request, **{**kwargs, "timeout": 0.2})

        with patch.object(requests.adapters.HTTPAdapter, "send", send_in_haste):
            yield

    @contextmanager
    def _full_server(self):
        """Have a server whose queue of connections is full; give its address."""
        with closing(socket.socket()) as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            address = listener.getsockname()
            waiting = [socket.socket() for _count in range(4)]
            for connection in waiting:
                connection.setblocking(False)
                connection.connect_ex(address)
            yield f"http://127.0.0.1:{address[1]}/"
            for connection in waiting:
                connection.close()

    # === HTTP === #

    def test_a_refused_request_was_not_carried_out(self):
        for status in REFUSED:
            with self.subTest(status=status):
                self.server.answer(status, {"error": {"message": "No"}})
                self.assertFalse(self._is_unclear())

    def test_any_other_error_leaves_it_open(self):
        for status in UNCLEAR:
            with self.subTest(status=status):
                self.server.answer(status, {"error": {"message": "?"}})
                self.assertTrue(self._is_unclear())

    def test_a_status_counts_whatever_the_body_is(self):
        for body in (b"", b"<html>Bad gateway</html>", b"\xff\xfe"):
            with self.subTest(body=body):
                self.server.answer(502, body)
                self.assertTrue(self._is_unclear())
                self.server.answer(403, body)
                self.assertFalse(self._is_unclear())

    def test_a_success_that_can_not_be_read_leaves_it_open(self):
        for body in (b"", b"<html>OK</html>", b'{"id": "pi_'):
            with self.subTest(body=body):
                self.server.answer(200, body)
                self.assertTrue(self._is_unclear())

    def test_redirects_without_end_leave_it_open(self):
        self.server.answer(307, b"", Location=self.server.url)
        answer, error = self._ask()
        self.assertIsInstance(error, requests.exceptions.TooManyRedirects)
        self.assertTrue(self._is_unclear())

    def test_a_request_outside_of_the_run_fails_as_ever(self):
        """Test that nothing is noted where nobody asks for it, as on the page."""
        Provider = self.env.registry["payment.provider"]
        self.server.answer(402, stripe_decline("lost_card"))
        with (
            patch.object(
                Provider, "_build_request_url", lambda *a, **kw: self.server.url
            ),
            patch.object(Provider, "_build_request_headers", lambda *a, **kw: {}),
            patch.object(Provider, "_build_request_auth", lambda *a, **kw: None),
            patch.object(Provider, "_log_request", lambda *a, **kw: None),
            patch.object(Provider, "_log_response", lambda *a, **kw: None),
            self._as("stripe"),
            self.assertRaises(ValidationError),
        ):
            self.provider._send_api_request("POST", "/payments", json={"amount": 1})

    # === THE LINE === #

    def test_a_connection_that_is_refused_sent_nothing(self):
        self.server.close()
        answer, error = self._ask()
        self.assertIsInstance(error.__context__, requests.exceptions.ConnectionError)
        self.assertFalse(self._is_unclear())

    def test_a_host_without_an_address_was_sent_nothing(self):
        unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        with patch.object(socket, "getaddrinfo", side_effect=unknown):
            self.assertFalse(self._is_unclear("http://localhost/payments"))

    def test_a_certificate_of_somebody_else_was_sent_nothing(self):
        cause = requests.exceptions.SSLError(
            MaxRetryError(
                None, "/", SSLError(ssl.SSLCertVerificationError("self-signed"))
            )
        )
        self.assertFalse(self.provider._paynow_is_unclear(cause))

    def test_a_line_that_breaks_while_encrypting_leaves_it_open(self):
        for error in (
            ssl.SSLEOFError("EOF"),
            ssl.SSLError("decryption failed"),
            None,
        ):
            cause = requests.exceptions.SSLError(
                MaxRetryError(None, "/", SSLError(*filter(None, [error])))
            )
            self.assertTrue(self.provider._paynow_is_unclear(cause))

    def test_a_server_that_does_not_speak_tls_leaves_it_open(self):
        self.server.answer(200, {})
        url = self.server.url.replace("http:", "https:")
        self.assertTrue(self._is_unclear(url))

    def test_a_connection_that_times_out_sent_nothing(self):
        cause = requests.exceptions.ConnectTimeout()
        self.assertFalse(self.provider._paynow_is_unclear(cause))
        with self._full_server() as url, self._in_haste():
            answer, error = self._ask(url)
        self.assertIsInstance(error.__context__, requests.exceptions.ConnectTimeout)
        self.assertFalse(answer.get("is_unclear"))

    def test_a_line_that_is_cut_after_the_request_leaves_it_open(self):
        for how in ("reset", "close", "half"):
            with self.subTest(how=how):
                self.server.cut(how)
                self.assertTrue(self._is_unclear())

    def test_an_answer_that_takes_too_long_leaves_it_open(self):
        self.server.cut("silence")
        with self._in_haste():
            answer, error = self._ask()
        self.assertIsInstance(error.__context__, requests.exceptions.ReadTimeout)
        self.assertTrue(answer["is_unclear"])

    def test_an_error_of_odoo_itself_is_none_of_the_line(self):
        self.assertFalse(self.provider._paynow_is_unclear(None))
        self.assertFalse(self.provider._paynow_is_unclear(ValueError("Odoo")))

    # === ASKED AGAIN === #

    def test_a_repeat_that_is_turned_away_says_nothing_of_the_first(self):
        for status in (400, 401, 403, 404, 409, 422, 429, 500, 503):
            with self.subTest(status=status):
                self.server.answer(status, {"error": {"message": "No"}})
                self.assertTrue(self._is_unclear(is_repeat=True))

    def test_a_repeat_that_never_got_there_says_nothing_of_the_first(self):
        self.server.close()
        self.assertTrue(self._is_unclear(is_repeat=True))
        self.assertTrue(
            self.provider._paynow_is_unclear(
                requests.exceptions.ConnectTimeout(), is_repeat=True
            )
        )

    def test_a_repeat_that_brings_the_decline_tells_what_became_of_it(self):
        self.server.answer(402, stripe_decline("insufficient_funds"))
        self.assertFalse(self._is_unclear(is_repeat=True))

    def _as(self, code):
        """Have the provider be another one, whether installed or not."""
        return patch.object(self.env.registry["payment.provider"], "code", code)

    # === REPETITION === #

    def test_only_who_makes_one_charge_of_two_requests_is_asked_again(self):
        for code in (*REPEATABLE, "mollie", "authorize", "custom", "none"):
            with self.subTest(code=code), self._as(code):
                self.assertEqual(
                    self.provider._paynow_get_repeat_time() > timedelta(),
                    code in ("adyen", "demo", "stripe"),
                )
                self.assertLess(
                    self.provider._paynow_get_repeat_time(), timedelta(days=1)
                )
