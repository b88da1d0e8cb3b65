"""The row of automatic payments: two workers, several clients each, or one by one."""

import json
import random
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from place import place
from workers import addons_path

from dev.bench_data import Size
from dev.places import cache
from dev.server import serving

SIZE = Size("autopay", 6000, 3000, 0)
#: Invoices of a turn; as many as a thousand take too long one by one.
SIZES = {"ours": 120, "theirs": 30}
TURNS = 3
WARM_UP = 24  # Invoices; a second worker helps with so many.
PATIENCE = 300  # Seconds for a turn.
HERE = Path(__file__).parent
#: Has clients pay automatically, each one invoice.
_CHOOSE = """
import json

company = env.ref("base.main_company")
company.write({"paynow_enabled": True, "paynow_autopay_enabled": True})
provider = env.ref("payment.payment_provider_demo")
env.cr.execute(
    "SELECT DISTINCT ON (partner_id) id FROM account_move"
    " WHERE name LIKE 'BENCH/%%' AND payment_state = 'not_paid' AND company_id = %s"
    " ORDER BY partner_id, id LIMIT %s", [company.id, COUNT])
ids = tuple(id_ for (id_,) in env.cr.fetchall())
env.cr.execute(
    "UPDATE account_move SET invoice_date_due = current_date WHERE id IN %s", [ids])
env.cr.execute(
    "UPDATE account_move_line SET date_maturity = current_date"
    " WHERE move_id IN %s AND display_type = 'payment_term'", [ids])
env.invalidate_all()
for client in env["account.move"].browse(ids).commercial_partner_id:
    token = env["payment.token"].create({
        "provider_id": provider.id,
        "payment_method_id": env.ref("payment.payment_method_card").id,
        "partner_id": client.id, "provider_ref": "card", "payment_details": "4242",
        "demo_simulated_state": "done",
    })
    env["paynow.autopay"]._choose(
        client, token, "192.0.2.7", "I authorize it.", company=company)
env.flush_all()
env.cr.execute("UPDATE account_move SET paynow_autopay_date = NULL")
crons = [env.ref(name).id for name in (
    "paynow_module.ir_cron_autopay", "paynow_module.ir_cron_autopay_help",
    "payment.cron_post_process_payment_tx")]  # Without it, nobody is charged.
env.cr.execute("UPDATE ir_cron SET active = id IN %s", [tuple(crons)])
env.cr.commit()
print(json.dumps(ids))
"""
_DUE = "UPDATE account_move SET paynow_autopay_date = current_date WHERE id = ANY(%s)"
_CALL = """
INSERT INTO ir_cron_trigger (cron_id, call_at)
SELECT res_id, now() AT TIME ZONE 'UTC' FROM ir_model_data
 WHERE module = 'paynow_module' AND name = 'ir_cron_autopay'
"""
_WAITING = """
SELECT count(*) FROM account_move WHERE id = ANY(%s) AND paynow_autopay_date IS NOT NULL
"""
_PAID = """
SELECT count(DISTINCT r.invoice_id), count(p.id), coalesce(sum(m.amount_residual), 0)
  FROM account_invoice_transaction_rel r
  JOIN account_move m ON m.id = r.invoice_id
  JOIN account_payment p ON p.payment_transaction_id = r.transaction_id
 WHERE r.invoice_id = ANY(%s)
"""


def measure_autopay(stack, options):
    """Automatic payments as the scheduler makes them; the provider answers in 300 ms.

    Ours on two workers of the scheduler; theirs on one, one client at a time. Each
    invoice is paid once, and nothing is left of it.
    """
    with ExitStack() as exits:
        # One by one: on one worker. The helper then finds nothing to do.
        places = {
            "ours": exits.enter_context(serve(stack, "ours", 2, "")),
            "theirs": exits.enter_context(serve(stack, "theirs", 1, "1")),
        }
        for here, ids in places.values():
            pay(here, [ids.pop() for _warm_up in range(WARM_UP)])
        series = {name: [] for name in places}
        for _turn in range(TURNS):
            for name in random.sample(list(places), len(places)):
                here, ids = places[name]
                due = [ids.pop() for _invoice in range(SIZES[name])]
                series[name].append(pay(here, due) / len(due))
    return series


@contextmanager
def serve(stack, name, workers, lanes):
    """Serve a database in which clients have chosen to pay automatically.

    :param str name: of the contender
    :param int workers: of the scheduler
    :param str lanes: clients whom each charges at a time; ours, where that is empty
    :return: the place, and the ids of the invoices
    :rtype: tuple[Place, list[int]]
    """
    arguments = [
        f"--addons-path={addons_path(stack)},{HERE / 'addons'}",
        "--load=base,web,late_provider",
    ]
    count = WARM_UP + TURNS * SIZES[name]
    with place(stack, SIZE, serve=False) as here:
        told = here.shell(f"COUNT = {count}\n{_CHOOSE}")
        log = cache("logs") / f"{here.database}.log"
        log.unlink(missing_ok=True)
        stack.environment["PAYNOW_BENCH_LANES"] = lanes
        with serving(
            stack, here.database, log=log, workers=1, crons=workers, arguments=arguments
        ):
            del stack.environment["PAYNOW_BENCH_LANES"]
            yield here, json.loads(told.splitlines()[-1])


def pay(here, ids):
    """Have invoices be paid on this day, now; return the seconds until all are."""
    here.query(_DUE, ids)
    here.query(_CALL)
    start = time.perf_counter()
    here.stack.query("SELECT pg_notify('cron_trigger', %s)", here.database)
    while here.query(_WAITING, ids)[0][0]:
        if time.perf_counter() - start > PATIENCE:
            raise AssertionError(f"{here.query(_WAITING, ids)} of {len(ids)} wait.")
        time.sleep(0.1)
    lasted = time.perf_counter() - start
    time.sleep(2)  # For the last entry.
    ((invoices, payments, residual),) = here.query(_PAID, ids)
    found = (invoices, payments, residual)
    assert found == (len(ids), len(ids), 0), found
    return lasted
