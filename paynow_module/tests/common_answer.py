# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
import socket
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

# The class of every decline that is not for now, as the providers' manuals have them:
# written out, so that none drops out of the add-on unnoticed.
CLASSES = {
    "stripe": {
        "hard": [
            "account_closed",
            "bank_account_closed",
            "bank_account_frozen",
            "bank_account_invalid_details",
            "expired_card",
            "fraudulent",
            "highest_risk_level",
            "incorrect_number",
            "invalid_account",
            "invalid_expiry_month",
            "invalid_expiry_year",
            "invalid_number",
            "lost_card",
            "no_account",
            "pickup_card",
            "recipient_deceased",
            "restricted_card",
            "stolen_card",
            "transaction_not_allowed",
        ],
        "authentication": ["authentication_required"],
        "unauthorized": [
            "R0",
            "R05",
            "R07",
            "R08",
            "R1",
            "R10",
            "R11",
            "R29",
            "R3",
            "R31",
            "debit_not_authorized",
            "revocation_of_all_authorizations",
            "revocation_of_authorization",
            "stop_payment_order",
        ],
    },
    "adyen": {
        "hard": ["20", "41", "43", "5", "6", "8"],
        "authentication": ["11", "38", "39", "42"],
        "unauthorized": ["26"],
    },
}
SOFT = {
    "stripe": [
        "insufficient_funds",
        "do_not_honor",
        "try_again_later",
        "processing_error",
        "generic_decline",
        "issuer_not_available",
        "card_velocity_exceeded",
        "reenter_transaction",
        "R01",
        "a code of tomorrow",
    ],
    "adyen": ["2", "3", "4", "9", "12", "25", "27", "99", None],
}


def stripe_decline(code):
    """Return the body by which Stripe declines a charge.

    See https://docs.stripe.com/api/errors and https://docs.stripe.com/declines/codes.

    :param str code: The code of the decline.
    :rtype: dict
    """
    error = {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": code,
        "message": "Your card was declined.",
        "doc_url": "https://docs.stripe.com/error-codes/card-declined",
        "charge": "ch_1",
    }
    if code in ("expired_card", "processing_error", "authentication_required"):
        error["code"] = code  # Stripe has codes of its own for these.
    if code[1:].isdecimal():  # As the network names it.
        error.update(decline_code="generic_decline", network_decline_code=code)
    return {"error": error}


class AnsweringServer(ThreadingHTTPServer):
    """A server on this machine that answers, or not, as a provider may."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), AnsweringHandler)
        self.url = f"http://127.0.0.1:{self.server_port}/payments"
        self.requests = []
        self.is_closed = False
        self.then = None  # How the line breaks after the next answer, if it does.
        self.ended = Event()
        self.answer(200, {})
        Thread(target=self.serve_forever, args=[0.01], daemon=True).start()

    def answer(self, status, body, **headers):
        """Have every request be answered.

        :param int status: The status.
        :param dict|bytes body: The body; a dict is sent as JSON.
        """
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.reply, self.breach = (status, body, headers), None

    def cut(self, how):
        """Have the line break after every request.

        :param str how: `reset`, `close`, `half` (of the answer) or `silence`.
        """
        self.breach = how

    def handle_error(self, request, client_address):
        """Override to leave the log alone: the client went away."""

    def close(self):
        """Listen no more."""
        if not self.is_closed:
            self.is_closed = True
            self.ended.set()
            self.shutdown()
            self.server_close()


class AnsweringHandler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        """Override to log nothing."""

    def do_POST(self):
        self.server.requests.append(
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
        )
        self.close_connection = True
        breach = self.server.breach
        if breach == "silence":
            self.server.ended.wait()
        elif breach == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        elif breach == "half":
            self.wfile.write(b'HTTP/1.0 200 OK\r\nContent-Length: 99\r\n\r\n{"id":')
        elif not breach:
            status, body, headers = self.server.reply
            self.server.breach = self.server.then
            self.send_response(status)
            for name, value in {**headers, "Content-Length": len(body)}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
