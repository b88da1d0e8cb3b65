"""One charge for each invoice, whenever the run of automatic payments dies.

The run is killed (-9) between every two of its steps, run twice at once, twice a day
and with the clock set back. A gateway outside of Odoo writes down every charge as it is
made: it knows what Odoo's database may have forgotten. There are two kinds of it: a
`keyed` one makes one charge of two requests for one transaction, a `plain` one doesn't.

PAYNOW_AUTOPAY_KILLS (default 1) is how often it is killed at each step,
PAYNOW_AUTOPAY_MANY (default 12) how many invoices are due on the day that is measured.
"""

import os
from collections import Counter

import pytest
from ledger import Ledger, fill

KILLS = int(os.environ.get("PAYNOW_AUTOPAY_KILLS", "1"))
MANY = int(os.environ.get("PAYNOW_AUTOPAY_MANY", "12"))
EMAIL = "autopay-{}@client.example.com"
CLIENTS = 3  # Who are charged at the same time, so that each death meets several.
#: The steps of the run; the process dies at the end of each.
MOMENTS = ("drafted", "committed", "asked", "charged", "answered", "noted", "posted")
TOTALS = {
    kind: {
        f"Auto-{kind}-{n}": 100 + n + n / 100
        for n in range(CLIENTS * len(MOMENTS) * KILLS + 4)
    }
    for kind in ("keyed", "plain")
}

#: Has all invoices of a client be paid automatically.
CHOOSE = """
partner = env["res.partner"].search([("email", "=", EMAIL)])
provider = env.ref("payment.payment_provider_demo")
token = env["payment.token"].create({
    "provider_id": provider.id,
    "payment_method_id": env.ref("payment.payment_method_card").id,
    "partner_id": partner.id,
    "provider_ref": "card",
    "payment_details": "4242",
    "demo_simulated_state": "done",
})
env["paynow.autopay"]._choose(
    partner, token, "192.0.2.7", "I authorize it.", company=env.company
)
env.cr.commit()
"""
#: Runs the cron in processes of their own, with a gateway that keeps its own book.
RUN = """
import json, os, signal
from datetime import timedelta
from odoo import api, sql_db

registry = env.registry
env.cr.commit()
Transaction, Invoice = registry["payment.transaction"], registry["account.move"]
DAY = [0]

def die(moment, when):
    if when and moment == when:
        os.kill(os.getpid(), signal.SIGKILL)

def wrap(model, name, before=None, after=None):
    original = getattr(model, name)
    def wrapped(self, *args, **kwargs):
        die(MOMENT[0], before)
        res = original(self, *args, **kwargs)
        die(MOMENT[0], after)
        return res
    setattr(model, name, wrapped)

MOMENT = [None]
wrap(Transaction, "_paynow_autopay_charge", before="committed")
wrap(Transaction, "_charge_with_token", after="answered")
wrap(Transaction, "_paynow_retry", before="noted", after="posted")
original_start = Invoice._paynow_autopay_start
def start(self):
    tx = original_start(self)
    if tx:
        self.env.flush_all()
        die(MOMENT[0], "drafted")
    return tx
Invoice._paynow_autopay_start = start
original_send = Transaction._send_payment_request
def send(self):
    die(MOMENT[0], "asked")
    with open(BOOK, "a") as book:
        book.write(self.reference + "\\n")
        book.flush()
        os.fsync(book.fileno())
    die(MOMENT[0], "charged")
    return original_send(self)
Transaction._send_payment_request = send
if KIND == "plain":
    registry["payment.provider"]._paynow_get_repeat_time = lambda self: timedelta()
original_today = registry["res.company"]._paynow_get_today
registry["res.company"]._paynow_get_today = lambda self: (
    original_today(self) + timedelta(days=DAY[0])
)

def spawn(moment=None, day=0):
    sql_db.close_all()
    pid = os.fork()
    if pid:
        return pid
    MOMENT[0], DAY[0] = moment, day
    code = 1
    try:
        with registry.cursor() as cr:
            api.Environment(cr, 1, {})["payment.transaction"]._cron_paynow_autopay()
        code = 0
    finally:
        os._exit(code)

def wait(*pids):
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]

codes = [code for moment, day, at_once in RUNS for code in wait(
    *(spawn(moment, day) for _n in range(at_once))
)]
print(json.dumps(codes), flush=True)
os._exit(0)  # Its own connections are closed; the shell would not know.
"""
AGE = """
UPDATE payment_transaction SET create_date = create_date - interval '1 hour'
 WHERE paynow_run_key IS NOT NULL AND state = 'draft'
"""
#: A person looks each transaction up at the gateway.
FIND_OUT = """
import json
asked = env["payment.transaction"].search([
    ("paynow_run_key", "!=", False), ("state", "=", "draft"),
    ("paynow_problem", "!=", False),
])
for tx in asked:
    if tx.reference in CHARGED:
        tx.action_paynow_autopay_charged()
    else:
        tx.action_paynow_autopay_not_charged()
env.cr.commit()
print(json.dumps(len(asked)))
"""
#: The receipts, as the mail queue writes them.
MAIL = """
env["payment.transaction"]._paynow_mail_due(1000)
env.cr.commit()
print(0)
"""
#: The run is measured from the second invoice on: the first one loads what all need.
MEASURE_MANY = """
import json, time
def rss():
    return int(open("/proc/self/statm").read().split()[1]) * 4 // 1024
from odoo import sql_db
invoices = env["account.move"].search([
    ("partner_id.email", "in", EMAILS), ("paynow_autopay_date", "!=", False)])
env["payment.transaction"]._paynow_autopay_pay(invoices[0].id)
env.cr.commit()
before, count, start = rss(), sql_db.sql_counter, time.monotonic()
env["payment.transaction"]._cron_paynow_autopay()
env.cr.commit()
print(json.dumps({
    "seconds": round(time.monotonic() - start, 1),
    "queries": sql_db.sql_counter - count,
    "memory_before": before,
    "memory_after": rss(),
}))
"""


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell):
    """The books of the module's database."""
    return Ledger(stack, paynow_db, shell)


def _choose(books, shell, kind, totals):
    """Have invoices of several clients paid automatically; return their addresses."""
    emails = [EMAIL.format(f"{kind}-{n}") for n in range(CLIENTS)]
    for place, email in enumerate(emails):
        books.invoice(email, dict(list(totals.items())[place::CLIENTS]))
        shell(fill(CHOOSE, EMAIL=email))
    return emails


@pytest.mark.long
def test_many_invoices_due_on_one_day(books, shell):
    """The time, the queries and the memory of one run; each is paid once."""
    totals = {f"Many{n}": 10 + n / 100 for n in range(MANY)}
    emails = _choose(books, shell, "many", totals)
    figures = shell(fill(MEASURE_MANY, EMAILS=emails))
    print(f"{MANY} invoices: {figures}")
    for number in totals:
        assert books.read(number)["residual"] == 0
    assert figures["queries"] / MANY < 400
    assert figures["memory_after"] - figures["memory_before"] < 60  # MiB


@pytest.mark.parametrize(
    "kind", [pytest.param("keyed", marks=pytest.mark.long), "plain"]
)
def test_a_run_that_is_killed_at_every_step(books, shell, tmp_path, kind):
    """Charges are one for each invoice, and the books say so."""
    book = tmp_path / "book"
    _choose(books, shell, kind, TOTALS[kind])
    book.touch()

    def run(*runs):
        return shell(fill(RUN, KIND=kind, BOOK=str(book), RUNS=runs))

    codes = run(*((moment, 0, 1) for moment in MOMENTS for _n in range(KILLS)))
    assert codes == [-9] * (KILLS * len(MOMENTS))
    # Twice at once, twice a day, the clock set back, the next day.
    codes = run((None, 0, 2), (None, 0, 1), (None, -1, 1), (None, 0, 1), (None, 1, 1))
    assert set(codes) == {0}
    books.query(AGE)
    run((None, 0, 2), (None, 0, 1))
    asked = shell(fill(FIND_OUT, CHARGED=book.read_text().split()))
    books.run_crons()
    run((None, 3, 2), (None, 3, 1), (None, 0, 1), (None, 8, 1))
    books.run_crons()
    shell(MAIL)

    requests = book.read_text().split()
    charges = requests if kind == "plain" else sorted(set(requests))
    for number, total in TOTALS[kind].items():
        page = books.read(number)
        done = [amount for state, amount in page["transactions"] if state == "done"]
        assert done == page["payments"] == [round(100 * total)], page
        assert page["residual"] == 0 and page["receipts"] == 1, page
    by_invoice = Counter(reference.rpartition("-")[0] if reference.count("-") > 2
                         else reference for reference in charges)  # fmt: skip
    print(
        f"{kind}: {len(MOMENTS) * KILLS} kills, {len(requests)} requests,"
        f" {len(charges)} charges for {len(TOTALS[kind])} invoices, {asked} asked"
    )
    assert by_invoice == dict.fromkeys(TOTALS[kind], 1)
    assert bool(asked) == (kind == "plain")
