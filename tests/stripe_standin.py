"""Serve localstripe, taught the little that it lacks of what Odoo asks for.

It is run by tests/test_stripe.py with the port as its argument. localstripe plays
customers, payment methods, intents, charges, declines, refunds and signed webhooks; the
functions here add, by Stripe's manual (https://docs.stripe.com/api): descriptions and
shipping addresses, options of a mandate, the news of a refund, form fields in the body
of a GET, idempotency keys, and the reasons of declines.
"""

import asyncio
import json
import sys
from urllib.parse import parse_qsl

from aiohttp import web
from localstripe import errors, resources, server, webhooks

#: Seconds for Odoo to note a refund that it asked for, before it hears of it.
LATE = 4
#: Cards that can be saved, and why the charge of each is declined: not Stripe's own
#: numbers, as those of most reasons can't be saved. See
#: https://docs.stripe.com/declines/codes.
DECLINES = {
    "4000000000001018": "insufficient_funds",
    "4000000000001026": "lost_card",
    "4000000000001034": "revocation_of_authorization",
    "4000000000001042": "authentication_required",
}
#: The answers to requests that had an idempotency key, by the key.
ANSWERS = {}
#: The news that were sent, answered or not: their kind and the id of their object.
SENT = []


def keep(cls, *names):
    """Have a class of objects take and show fields that localstripe doesn't know."""
    init = cls.__init__

    def __init__(self, **values):
        kept = {name: values.pop(name, None) for name in names}
        init(self, **values)
        vars(self).update(kept)

    cls.__init__ = __init__


def note_what_was_sent():
    """Note the news that were sent, and answer `GET /v1/_sent` with them."""
    send = webhooks._send_webhook

    async def send_and_note(event):
        await send(event)
        SENT.append([event.type, event._export()["data"]["object"]["id"]])

    async def answer(_request):
        return web.json_response(SENT)

    webhooks._send_webhook = send_and_note
    server.app.router.add_get("/v1/_sent", answer)


def tell_of_refunds():
    """Have a refund send `charge.refunded`, with the description of the intent."""
    init = resources.Refund.__init__

    def __init__(self, **values):
        init(self, **values)
        charge = resources.Charge._api_retrieve(self.charge)
        intent = resources.PaymentIntent._api_retrieve(charge.payment_intent)
        charge.description = intent.description
        event = resources.Event("charge.refunded", charge)
        asyncio.get_running_loop().call_later(LATE, webhooks.schedule_webhook, event)

    resources.Refund.__init__ = __init__


def tell_why_declined():
    """Have the charge of some cards be declined, each for its reason."""
    is_declined = resources.PaymentMethod._charging_is_declined
    fail = resources.Charge._set_auth_failure

    def _charging_is_declined(method):
        return getattr(method, "_card_number", None) in DECLINES or is_declined(method)

    def _set_auth_failure(charge):
        fail(charge)
        method = resources.PaymentMethod._api_retrieve(charge.payment_method)
        charge.decline_code = DECLINES.get(getattr(method, "_card_number", None))
        if charge.decline_code == "authentication_required":
            charge.failure_code = charge.decline_code  # Stripe has a code of its own.

    def _raise_failure(charge):
        raise errors.UserError(
            402,
            charge.failure_message,
            {
                "code": charge.failure_code,
                "decline_code": charge.decline_code or "generic_decline",
                "charge": charge.id,
            },
        )

    resources.PaymentMethod._charging_is_declined = _charging_is_declined
    resources.Charge._set_auth_failure = _set_auth_failure
    resources.Charge._raise_failure = _raise_failure


@web.middleware
async def read_body_of_get(request, handler):
    """Take form fields in the body of a GET, as Stripe does."""
    if request.method == "GET" and (body := await request.content.read()):
        url = request.rel_url.update_query(parse_qsl(body.decode()))
        request = request.clone(rel_url=url)
    return await handler(request)


@web.middleware
async def repeat_answers(request, handler):
    """Do what has an idempotency key once; repeat the answer.

    See https://docs.stripe.com/api/idempotent_requests.
    """
    key = request.headers.get("Idempotency-Key")
    if not key:
        return await handler(request)
    asked = (request.path, await request.text())
    if key not in ANSWERS:
        answer = await handler(request)
        ANSWERS[key] = (asked, answer.status, json.loads(answer.text))
        return answer
    first, status, content = ANSWERS[key]
    if first != asked:
        message = (
            "Keys for idempotent requests can only be used with the same parameters"
        )
        error = {"type": "idempotency_error", "message": message}
        return web.json_response({"error": error}, status=400)
    return web.json_response(
        content, status=status, headers={"Idempotent-Replayed": "true"}
    )


def main():
    """Serve until told to end; nothing is kept on the disk."""
    resources.Store.dump_to_disk = lambda self: None
    keep(resources.PaymentIntent, "description", "shipping")
    keep(resources.SetupIntent, "description", "payment_method_options")
    tell_of_refunds()
    tell_why_declined()
    note_what_was_sent()
    # Within the middleware that makes an answer of an error, but before all others.
    server.app.middlewares.insert(0, repeat_answers)
    server.app.middlewares.append(read_body_of_get)
    web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None)


if __name__ == "__main__":
    main()
