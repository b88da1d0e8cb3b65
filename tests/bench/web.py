"""The rows of pages and payments: ours and Odoo's own, request by request."""

import re
import time
from functools import partial
from itertools import cycle

from client import Client, expect, read_form
from measuring import interleave
from place import LARGE, SMALL, place

#: A line of Odoo's query log.
_QUERY = re.compile(r"odoo\.sql_db: \[(?P<ms>[\d.]+) ms\] query: (?P<sql>.*)")


def measure_pages(stack, options):
    """GET of our page and checkout, beside Odoo's cached page and guest invoice page.

    Each request is that of a new visitor, without a cookie; the checkout alone is for
    the browser that has looked the invoice up.
    """
    with place(stack) as here:
        ((id_, number, email, token),) = here.invoices(1)
        client = Client(here.url)
        client.get("/PAYNOW")
        checkout = client.look_up(email, number).location
        paths = {
            "page": "/PAYNOW",
            "cached": "/contactus",
            "guest": f"/my/invoices/{id_}?access_token={token}",
            "checkout": checkout,
            "floor": "/web/health",
        }
        expect_form(Client(here.url).get(paths["guest"]))
        expect_form(client.get(checkout))

        def visit(name):
            visitor = client if name == "checkout" else Client(here.url)
            return visitor.get(paths[name]).seconds

        return interleave({name: partial(visit, name) for name in paths}, options.times)


def measure_lookup(stack, options):
    """POST of the look-up, in the large database and in the small one."""
    with place(stack, SMALL) as small, place(stack, LARGE) as large:
        series = interleave(
            {"small": look_up_in(small), "large": look_up_in(large)}, options.times
        )
    for size in (SMALL, LARGE):
        series.update(read_query_log(stack, size))
    return series


def look_up_in(here):
    """Return a function that looks up one invoice after the other, timed.

    :param Place here: where
    """
    client = Client(here.url)
    client.get("/PAYNOW")
    invoices = cycle(here.invoices(300))

    def measure():
        _id, number, email, _token = next(invoices)
        here.forget_attempts()
        return client.look_up(email, number).seconds

    return measure


def read_query_log(stack, size, times=30):
    """Return what the look-up asks of the database, from Odoo's own query log.

    :return: the number of queries, the seconds of all of them and of the one that
        finds the number, by name
    :rtype: dict[str, list]
    """
    handler = "--log-handler=odoo.sql_db:DEBUG"
    with place(stack, size, arguments=[handler]) as here:
        measure = look_up_in(here)
        for _time in range(times + 5):
            measure()
        time.sleep(1)  # For the log to be written.
        log = here.log.read_text(errors="replace")
    requests, queries = [], []
    for line in log.splitlines():
        if found := _QUERY.search(line):
            queries.append((float(found["ms"]) / 1000, found["sql"]))
        elif "HTTP/1." in line:
            if '"POST /PAYNOW HTTP' in line:
                requests.append(queries)
            queries = []
    requests = requests[-times:]
    finding = [
        [seconds for seconds, sql in queries if '"account_move"."name" IN' in sql]
        for queries in requests
    ]
    return {
        f"queries, {size.name}": [len(queries) for queries in requests],
        f"sql, {size.name}": [sum(s for s, _sql in queries) for queries in requests],
        f"finding, {size.name}": [max(seconds) for seconds in finding],
    }


def measure_route(stack, options):
    """The transaction route with the guard, beside Odoo's, each on a new invoice."""
    times = min(options.times, 120)
    with place(stack) as here:
        invoices = iter(here.invoices(2 * (times + 6)))
        _id, number, email, _token = next(invoices)
        client = Client(here.url)
        client.get("/PAYNOW")
        checkout = client.get(client.look_up(email, number).location)
        _route, ours = read_form(checkout.text)

        def our_route():
            id_, number, email, _token = next(invoices)
            here.forget_attempts()
            client = Client(here.url)
            client.get("/PAYNOW")
            proof = client.look_up(email, number).location.rpartition("/")[2]
            before = client.seconds
            route = f"/PAYNOW/transaction/{id_}"
            values = client.call(route, **{**ours, "access_token": proof})
            assert "reference" in values, values
            return client.seconds - before

        def their_route():
            id_, _number, _email, token = next(invoices)
            client = Client(here.url)
            client.get("/web/health")
            params = {**ours, "access_token": token, "landing_route": "/my"}
            before = client.seconds
            values = client.call(f"/invoice/transaction/{id_}", **params)
            assert "reference" in values, values
            return client.seconds - before

        return interleave({"ours": our_route, "theirs": their_route}, times)


def measure_payment(stack, options):
    """A whole payment: all requests from the first page to the receipt, summed up."""
    times = min(options.times, 120)
    with place(stack) as here:
        invoices = iter(here.invoices(2 * (times + 6)))
        steps = {"ours": [], "theirs": []}

        def pay(name, begin):
            id_, number, email, token = next(invoices)
            here.forget_attempts()
            client = Client(here.url)
            seconds = begin(client, id_, number, email, token)
            steps[name].append(seconds)
            return sum(seconds)

        def our_payment(client, id_, number, email, _token):
            seconds = [client.get("/PAYNOW").seconds]
            answer = client.look_up(email, number)
            checkout = client.get(answer.location)
            seconds += [answer.seconds, checkout.seconds]
            return seconds + settle(client, *read_form(checkout.text))

        def their_payment(client, id_, _number, _email, token):
            page = client.get(f"/my/invoices/{id_}?access_token={token}")
            return [page.seconds, *settle(client, *read_form(page.text))]

        totals = interleave(
            {
                "ours": lambda: pay("ours", our_payment),
                "theirs": lambda: pay("theirs", their_payment),
            },
            times,
        )
        ((paid,),) = here.query(
            "SELECT count(*) FROM account_payment p"
            " JOIN payment_transaction t ON t.id = p.payment_transaction_id"
        )
        assert paid == sum(map(len, steps.values())), paid
        for name, values in steps.items():
            for place_, seconds in enumerate(zip(*values[-times:], strict=True)):
                totals[f"{name} {place_}"] = list(seconds)
        return totals


def settle(client, route, params):
    """Pay as the payment form, the demo provider and the page after it do.

    Ours answers first and has Odoo post then; theirs the other way round.

    :return: the seconds of the requests
    :rtype: list[float]
    """
    seconds = []

    def timed(function, *arguments, **values):
        before = client.seconds
        result = function(*arguments, **values)
        seconds.append(client.seconds - before)
        return result

    values = timed(client.call, route, **params)
    timed(
        client.call, "/payment/demo/simulate_payment",
        reference=values["reference"], payment_details="1", simulated_state="done",
    )  # fmt: skip
    answer = timed(client.send, "GET", "/payment/status")
    if answer.status == 303:
        timed(client.get, answer.location)
        news = timed(client.call, f"{answer.location}/news")
        assert not news["is_waiting"], news
        return seconds
    told = timed(client.call, "/payment/status/poll", csrf_token=client.csrf_token)
    assert told["state"] == "done", told
    timed(client.get, told["landing_route"])
    return seconds


def expect_form(answer):
    """Stop where a page has no payment form: something else would be measured."""
    expect('id="o_payment_form"' in answer.text, "GET", "a payment form", answer)
