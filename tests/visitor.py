"""A client without a browser: what its requests look like to the server.

Many of them at once are what a browser can't be.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import count
from threading import Barrier, Semaphore
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter

TIMEOUT = 120  # Seconds; a request may wait for many others and be run again.
TRIES = 20  # Times to poll.
#: The socket of two workers queues 16 connections; more wait here, as in a proxy.
GATE_WIDTH = 16
GATE = Semaphore(GATE_WIDTH)
MISHAPS = ("Traceback (most recent call last)", '"debug":', "odoo.exceptions")


class Visitor:
    """One session of someone who pays.

    :param str url: the server's
    :param str|None ip: where they come from, told as a proxy does it
    """

    def __init__(self, url, ip=None):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False  # No proxy stands between us and our machine.
        self.http.mount("http://", HTTPAdapter(pool_maxsize=64))
        if ip:
            self.http.headers.update(
                {"X-Forwarded-For": ip, "X-Forwarded-Host": "localhost"}
            )
        self.csrf_token = None
        #: The address of the checkout, from the look-up.
        self.checkout = None

    def open(self, path="/PAYNOW"):
        """Open a page and return what the server answers.

        :rtype: requests.Response
        """
        answer = self.send("GET", path)
        if token := re.search(r'name="csrf_token" value="([^"]+)"', answer.text):
            self.csrf_token = token[1]
        return answer

    def post(self, email, number, amount, **more):
        """Send the form, opened before if need be; return the answer, not followed.

        :rtype: requests.Response
        """
        if not self.csrf_token:
            self.open()
        fields = {
            "csrf_token": self.csrf_token,
            "email": email,
            "invoice": number,
            "amount": amount,
            **more,
        }
        return self.send("POST", "/PAYNOW", data=fields, allow_redirects=False)

    def work(self, answer):
        """Do the work that a page asks of the browser; return the answer, not followed.

        :param requests.Response answer: the page
        :rtype: requests.Response
        """
        form = re.search(
            r'<form[^>]*id="o_paynow_work".*?</form>', answer.text, re.DOTALL
        )
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
        space = 256 - int(read(form[0], "bits"))
        for number in count():
            digest = sha256(f"{fields['puzzle']}.{number}".encode()).digest()
            if not int.from_bytes(digest) >> space:
                break
        fields["answer"] = number
        return self.send("POST", "/PAYNOW", data=fields, allow_redirects=False)

    def look_up(self, email, number, amount, like=None, **more):
        """Name an invoice; afterwards it can be paid.

        :param Visitor like: someone who has read the checkout of the same amount
        :return: self
        """
        answer = self.post(email, number, amount, **more)
        assert answer.status_code == 303, answer.text
        self.checkout = answer.headers["Location"]
        if like:
            self.route = like.route
            proof = self.checkout.rpartition("/")[2]
            self.params = {**like.params, "access_token": proof}
        else:
            self.read_checkout()
        return self

    def read_checkout(self):
        """Open the checkout and remember what its payment form would send."""
        page = self.open(self.checkout).text
        form = re.search(r'<form[^>]*id="o_payment_form".*?>', page, re.DOTALL)
        assert form, page
        option = re.search(r'<input[^>]*data-payment-method-code="card".*?/>', page)
        self.route = read(form[0], "transaction-route")
        self.params = {
            "provider_id": int(read(option[0], "provider-id")),
            "payment_method_id": int(read(option[0], "payment-option-id")),
            "token_id": None,
            "amount": float(read(form[0], "amount")),
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": read(form[0], "landing-route"),
            "is_validation": False,
            "access_token": read(form[0], "access-token"),
        }

    def confirm(self):
        """Press *Pay*: have a transaction made.

        :return: its processing values, or the refusal
        :rtype: dict
        """
        return self._call(self.route, self.params)

    def settle(self, reference, state="done"):
        """Let the demo provider bring news of a payment, as its form does."""
        self._call(
            "/payment/demo/simulate_payment",
            {"reference": reference, "payment_details": "1", "simulated_state": state},
        )

    def poll(self):
        """Ask what became of the payment until it is said, as the waiting page does.

        :rtype: dict
        """
        for _try in range(TRIES):
            content = self._post_json("/payment/status/poll", {}).json()
            if "result" in content:
                return content["result"]
            # Odoo's way to say that somebody else was posting it.
            assert content["error"]["data"]["message"] == "retry", content
        raise AssertionError("The payment is never posted.")

    def pay(self):
        """Confirm, let the provider say yes, have it posted.

        :return: the processing values
        :rtype: dict
        """
        values = self.confirm()
        assert "reference" in values, values
        self.settle(values["reference"])
        assert self.poll()["state"] == "done"
        return values

    def send(self, method, path, **options):
        """Send a request and return the answer.

        :param dict options: those of `requests`
        :rtype: requests.Response
        """
        with GATE:
            return self.http.request(
                method, self.url + path, timeout=TIMEOUT, **options
            )

    def _call(self, path, params):
        """Call a JSON route and return its result; nothing may have gone wrong."""
        answer = self._post_json(path, params)
        assert not any(mishap in answer.text for mishap in MISHAPS), answer.text
        content = answer.json()
        assert "error" not in content, content
        return content.get("result")

    def _post_json(self, path, params):
        """Call a JSON route; return the answer."""
        content = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.send("POST", path, json=content)
        assert answer.status_code in (200, 429), answer.text  # 429: too many tries.
        return answer


def at_once(calls):
    """Make calls at the same moment, each in a thread; return what they return.

    :param calls: functions without parameters
    :rtype: list
    """
    calls = list(calls)
    barrier = Barrier(len(calls) or 1)

    def wait_and(call):
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls) or 1) as threads:
        return list(threads.map(wait_and, calls))


def read(tag, name):
    """Return the value of a data attribute of a tag."""
    return re.search(rf'data-{name}="([^"]*)"', tag)[1]


def as_path(text):
    """Return any text as one part of a path.

    :rtype: str
    """
    return quote(text, safe="", errors="surrogatepass")
