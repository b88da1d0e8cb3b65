"""Do failed look-ups tell cases apart? `bin/test e2e tests/timing.py -s` says.

Each case is sent PAYNOW_TIMES times (200 by default), all cases interleaved in random
order, to a server with one worker whose limits are off. Beside each median stands the
interval that holds it with a probability of 95 % (bootstrap); cases whose intervals
have no point in common can be told apart by whoever has so many tries. Answers must be
equal to the letter, but for what was typed and the form's own token.
"""

import os
import random
import re
import time
from statistics import median, quantiles

from ledger import Ledger
from visitor import Visitor

from dev.places import cache

TIMES = int(os.environ.get("PAYNOW_TIMES", "200"))
WARM_UP = 20  # Times each case is sent before the clock counts.
RESAMPLES = 2000

PARTNERS = """
from odoo.fields import Command, Date

def invoice(number, partner, **values):
    return env["account.move"].create({
        "name": number,
        "move_type": "out_invoice",
        "partner_id": partner.id,
        "invoice_date": Date.today(),
        "journal_id": env.ref("paynow_module.journal_services").id,
        "invoice_line_ids": [Command.create(
            {"name": "Help desk", "price_unit": 100, "tax_ids": [Command.clear()]})],
        **values,
    })

def client(email, contacts=0):
    return env["res.partner"].create({
        "name": email, "email": email, "is_company": True,
        "child_ids": [Command.create(
            {"name": str(n), "email": f"{n}@client.example.com"}
        ) for n in range(contacts)],
    })

small = client("timing-a@client.example.com")
client("timing-b@client.example.com")
large = client("timing-c@client.example.com", 300)
opened, paid = invoice("Time1", small), invoice("Time2", small)
crowd = invoice("Time6", large)
(opened | paid | crowd).action_post()
env["account.payment.register"].with_context(
    active_model="account.move", active_ids=paid.ids
).create({}).action_create_payments()
cancelled = invoice("Time3", small)
cancelled.action_post()
cancelled.button_draft()
cancelled.button_cancel()
invoice("Time4", small)
company = env["res.company"].create({"name": "Elsewhere"})
env["account.chart.template"].try_loading("generic_coa", company=company)
journal = env["account.journal"].search(
    [("type", "=", "sale"), ("company_id", "=", company.id)], limit=1)
invoice("Time5", small, company_id=company.id, journal_id=journal.id).action_post()
env["paynow.limit"].search([]).active = False
env.cr.commit()
"""
#: Address and number, by case; all of one length.
CASES = {
    "unknown address": ("timing-x@client.example.com", "Time1"),
    "unknown number": ("timing-a@client.example.com", "Time9"),
    "unknown number, again": ("timing-a@client.example.com", "Time8"),
    "wrong pair": ("timing-b@client.example.com", "Time1"),
    "wrong pair, 300 contacts": ("timing-b@client.example.com", "Time6"),
    "paid": ("timing-a@client.example.com", "Time2"),
    "cancelled": ("timing-a@client.example.com", "Time3"),
    "draft": ("timing-a@client.example.com", "Time4"),
    "other company": ("timing-a@client.example.com", "Time5"),
}


def bare(answer, email, number):
    """Return what an answer says, without what differs from visitor to visitor."""
    text = answer.text.replace(email, "EMAIL").replace(number, "NUMBER")
    text = re.sub(r'(csrf_token" value=|csrf_token: )"\w+"', "CSRF", text)
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in ("Date", "Set-Cookie")
    }
    return answer.status_code, len(answer.content), sorted(headers.items()), text


def bootstrap(values):
    """Return the bounds between which the median lies with a probability of 95 %.

    :rtype: tuple[float, float]
    """
    chance = random.Random(1)
    medians = sorted(
        median(chance.choices(values, k=len(values))) for _ in range(RESAMPLES)
    )
    return medians[RESAMPLES // 40], medians[-RESAMPLES // 40]


def test_failed_look_ups(stack, paynow_db, shell, start_server):
    """The table; the answers are equal, which is asserted."""
    shell(PARTNERS)
    Ledger(stack, paynow_db, shell).query("VACUUM ANALYZE")
    visitor = Visitor(start_server(workers=1).url)
    log = cache("logs") / "timing.log"
    begin = log.stat().st_size
    seconds = {case: [] for case in CASES}
    answers, sent = {}, []
    for turn in range(WARM_UP + TIMES):
        order = list(CASES)
        random.shuffle(order)
        for case in order:
            email, number = CASES[case]
            visitor.csrf_token or visitor.open()
            start = time.perf_counter()
            answer = visitor.post(email, number, "10.00")
            lasted = time.perf_counter() - start
            sent.append(case)
            answers.setdefault(case, set()).add(repr(bare(answer, email, number)))
            if turn >= WARM_UP:
                seconds[case].append(lasted)
    time.sleep(1)
    text = log.read_bytes()[begin:].decode(errors="replace")
    counts = re.findall(r'"POST /PAYNOW HTTP/1.1" \d+ - (\d+) ', text)
    assert len(counts) == len(sent)
    queries = {case: set() for case in CASES}
    for case, number in list(zip(sent, counts, strict=True))[len(CASES) * WARM_UP :]:
        queries[case].add(int(number))

    print(f"\n{'milliseconds':25} median   (95 %)         p10     p90  queries")
    for case, values in seconds.items():
        tenths = quantiles(values, n=10)
        low, high = bootstrap(values)
        figures = [1000 * x for x in (median(values), low, high, tenths[0], tenths[-1])]
        print("{:25} {:6.2f}  ({:6.2f} {:6.2f}) {:6.2f}  {:6.2f}  {}".format(
            case, *figures, ", ".join(map(str, sorted(queries[case])))))  # fmt: skip
    distinct = set().union(*answers.values())
    print("different answers (status, length, headers, text):", len(distinct))
    assert len(distinct) == 1
