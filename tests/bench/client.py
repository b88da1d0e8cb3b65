"""A visitor that costs next to nothing, so that the server is what is measured."""

import http.client
import json
import re
import time
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlencode, urlsplit

TIMEOUT = 120  # Seconds.
_VISITORS = count(1)


@dataclass(frozen=True)
class Answer:
    """What a server answered, and after how many seconds."""

    status: int
    location: str
    text: str
    seconds: float


class Client:
    """One session, with an address of its own, as a proxy tells it.

    :param str url: the server's
    """

    def __init__(self, url):
        self.host = urlsplit(url).netloc
        number = next(_VISITORS)
        self.address = (
            f"172.{16 + number // 62500}.{number // 250 % 250}.{number % 250}"
        )
        self.cookies = {}
        self.csrf_token = None
        #: The seconds of all requests so far.
        self.seconds = 0.0

    def send(self, method, path, body=None, content_type=None):
        """Send a request on a connection of its own; redirects are not followed.

        :rtype: Answer
        """
        headers = {"X-Forwarded-For": self.address, "X-Forwarded-Host": self.host}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if content_type:
            headers["Content-Type"] = content_type
        start = time.perf_counter()
        connection = http.client.HTTPConnection(self.host, timeout=TIMEOUT)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        lasted = time.perf_counter() - start
        self.seconds += lasted
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _is, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        location = response.headers.get("Location", "")
        return Answer(response.status, location, content.decode(), lasted)

    def get(self, path):
        """Open a page; it must be there.

        :rtype: Answer
        """
        answer = self.send("GET", path)
        expect(answer.status == 200, "GET", path, answer)
        if token := re.search(r'csrf_token: ["\'](\w+)', answer.text):
            self.csrf_token = token[1]
        return answer

    def post(self, path, **fields):
        """Send a form.

        :rtype: Answer
        """
        body = urlencode({"csrf_token": self.csrf_token, **fields}, doseq=True)
        return self.send("POST", path, body, "application/x-www-form-urlencoded")

    def call(self, path, **params):
        """Call a JSON route; return its result, which is no error.

        :rtype: dict
        """
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        answer = self.send("POST", path, body, "application/json")
        content = json.loads(answer.text)
        expect("error" not in content, "POST", path, answer)
        return content.get("result")

    # === PAY NOW === #

    def look_up(self, email, number, amount="100.00"):
        """Name an invoice; return the answer, which leads to the checkout.

        :rtype: Answer
        """
        answer = self.post("/PAYNOW", email=email, invoice=number, amount=amount)
        expect(answer.status == 303, "POST", "/PAYNOW", answer)
        return answer


def read_form(html):
    """Return where a payment form sends to, and what it sends.

    :rtype: tuple[str, dict]
    """
    form = re.search(r'<form[^>]*id="o_payment_form".*?>', html, re.DOTALL)
    option = re.search(r'<input[^>]*data-payment-method-code="card".*?/>', html)
    if not form or not option:
        raise AssertionError("There is no payment form with a card on the page.")
    return _read(form[0], "transaction-route"), {
        "provider_id": int(_read(option[0], "provider-id")),
        "payment_method_id": int(_read(option[0], "payment-option-id")),
        "token_id": None,
        "amount": float(_read(form[0], "amount")),
        "flow": "direct",
        "tokenization_requested": False,
        "landing_route": _read(form[0], "landing-route").replace("&amp;", "&"),
        "is_validation": False,
        "access_token": _read(form[0], "access-token"),
    }


def _read(tag, name):
    """Return the value of a data attribute of a tag."""
    return re.search(rf'data-{name}="([^"]*)"', tag)[1]


def expect(is_so, method, path, answer):
    """Stop the measurement where an answer is not what is to be measured."""
    if not is_so:
        raise AssertionError(f"{method} {path}: {answer.status} {answer.text[:2000]}")
