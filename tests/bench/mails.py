"""The rows of mails: the button in invoice mails, the account summary, the runs."""

import json
import random
from contextlib import ExitStack

from place import SMALL, place

from dev.bench_data import Size

CLIENTS = (10_000, 100_000)  # Of the page's company, of the runs.
LOT = 50  # Records of a lot, as in `paynow_notice_run.py`.
LOTS, RUN_TURNS = 8, 5  # Of each run that is measured.
JOB = 10  # Seconds after which the scheduler ends a job (`MIN_TIME_PER_JOB`).
MAILS = 1000  # Invoice mails that are rendered with the button and without it.
#: Renders the bodies of invoice mails in lots, with the switch on and off in turn.
_INJECTION = """
import json, random, time

env = env(context=dict(env.context, lang="en_US"))
company = env.ref("base.main_company")
template = env.ref("account.email_template_edi_invoice")
invoices = env["account.move"].search(
    [("name", "=like", "BENCH/%"), ("company_id", "=", company.id),
     ("payment_state", "=", "not_paid")], limit=LOTS * LOT, order="id")
invoices = env["account.move"].browse((invoices.ids * 10)[:LOTS * LOT])
company.paynow_enabled = True
seconds, queries = {"on": [], "off": []}, {"on": [], "off": []}
buttons = {"on": 0, "off": 0}
for number in range(-2, LOTS):
    lot = invoices[max(number, 0) * LOT:][:LOT]
    order = ["on", "off"]
    random.shuffle(order)
    for name in order:
        company.paynow_email_links = name == "on"
        env.flush_all()
        env.invalidate_all()
        before, start = env.cr.sql_log_count, time.perf_counter()
        bodies = template._render_field("body_html", lot.ids, compute_lang=True)
        lasted = time.perf_counter() - start
        if number >= 0:
            seconds[name].append(lasted)
            queries[name].append(env.cr.sql_log_count - before)
            buttons[name] += sum("/PAYNOW?link=" in body for body in bodies.values())
print(json.dumps([seconds, queries, buttons]))
"""
#: Makes both mails for clients with five open invoices, in turn.
_SUMMARY = """
import json, random, time

company = env.ref("base.main_company")
company.paynow_email_links = True
invoices = env["account.move"].search(
    [("name", "=like", "BENCH/%"), ("company_id", "=", company.id),
     ("payment_state", "=", "not_paid")], limit=5 * LOT + 50, order="id")
client_ids = invoices.commercial_partner_id.ids
for place, client_id in enumerate(client_ids):
    five = invoices[5 * place:5 * place + 5]
    if len(five) == 5:
        env.cr.execute(
            "UPDATE account_move SET partner_id = %s, commercial_partner_id = %s"
            " WHERE id IN %s", [client_id, client_id, tuple(five.ids)])
        env.cr.execute(
            "UPDATE account_move_line SET partner_id = %s WHERE move_id IN %s",
            [client_id, tuple(five.ids)])
env.cr.execute(
    "SELECT commercial_partner_id, min(id) FROM account_move WHERE id IN %s"
    " GROUP BY 1 HAVING count(*) = 5", [tuple(invoices.ids)])
pairs = env.cr.fetchall()
env.invalidate_all()
company.write({
    "paynow_enabled": True,
    "paynow_summary_enabled": True,
    "paynow_summary_interval": "monthly",
})
invoice_mail = env.ref("account.email_template_edi_invoice").with_company(company)
invoice_mail.write({"report_template_ids": False, "paynow_no_button": True})
layout = "mail.mail_notification_layout_with_responsible_signature"
Notice = env["paynow.notice"]
client_ids = [client_id for client_id, _invoice_id in pairs][:LOT]
invoice_ids = [invoice_id for _client_id, invoice_id in pairs]

def summaries(turn):
    notices = Notice._notify("account_summary", company, client_ids)
    assert notices.mapped("state") == ["queued"] * LOT, notices.mapped("reason")

def invoices_(turn):
    for place in range(FEW):
        env.flush_all()
        env.invalidate_all()  # *Send* is a request of its own.
        invoice_mail.send_mail(
            invoice_ids[(turn * FEW + place) % len(invoice_ids)],
            email_layout_xmlid=layout)

seconds, queries = {"summary": [], "invoice": []}, {"summary": [], "invoice": []}
for turn in range(-1, TURNS):
    calls = [("summary", summaries, LOT), ("invoice", invoices_, FEW)]
    random.shuffle(calls)
    for name, call, count in calls:
        env.flush_all()
        env.invalidate_all()
        with env.cr.savepoint(flush=False) as savepoint:
            before, start = env.cr.sql_log_count, time.perf_counter()
            call(max(turn, 0))
            env.flush_all()
            lasted = time.perf_counter() - start
            count_of_queries = env.cr.sql_log_count - before
            savepoint.rollback()
        if turn >= 0:
            seconds[name].append(lasted / count)
            queries[name].append(count_of_queries / count)
print(json.dumps([seconds, queries]))
"""


def measure_injection(stack, options):
    """The bodies of 1,000 invoice mails with the Pay Now button and without."""
    lot = MAILS // 20
    with place(stack, SMALL, serve=False) as here:
        told = here.shell(f"LOTS, LOT = 20, {lot}\n{_INJECTION}")
    seconds, queries, buttons = json.loads(told.splitlines()[-1])
    assert buttons == {"on": MAILS, "off": 0}, buttons
    more = [on - off for on, off in zip(queries["on"], queries["off"], strict=True)]
    return {
        "ours": [each / lot for each in seconds["on"]],
        "theirs": [each / lot for each in seconds["off"]],
        "queries more a lot of 50": more,
    }


def measure_summary(stack, options):
    """The summary of a client with five invoices, beside Odoo's invoice mail.

    A lot of the run is made as the scheduled action does, invoice mails as *Send* does,
    each by itself.
    """
    values = f"TURNS, LOT, FEW = {max(options.times // 5, 2)}, {LOT}, 10"
    with place(stack, SMALL, serve=False) as here:
        told = here.shell(f"{values}\n{_SUMMARY}")
    seconds, queries = json.loads(told.splitlines()[-1])
    return {
        "ours": seconds["summary"],
        "theirs": seconds["invoice"],
        "queries of ours": queries["summary"],
        "queries of theirs": queries["invoice"],
    }


#: Asks who is owed mails of a kind, makes some lots of them, tells what that took.
_RUN = """
import json, resource, time
from odoo.addons.paynow_module.models.notices.paynow_notice_run import (
    LONGEST, MOST,
)

company = env.ref("base.main_company")
company.write({
    "paynow_enabled": True, "paynow_email_links": True, "paynow_past_due_enabled": True,
    "paynow_summary_enabled": True, "paynow_summary_interval": "monthly",
})
env.cr.commit()
Notice = env["paynow.notice"]

def ask(kind, **values):  # Returns who is owed a mail, and what it took to ask.
    start = time.perf_counter()
    Model = env[Notice._get_owed_model(kind)]
    domain = Notice._get_owed_domain(kind, company, **values)
    ids = Model.search(domain, order="id", limit=values.get("most")).ids
    return ids, time.perf_counter() - start

def ask_halfway(kind, ids):  # Returns what it takes when half of them have theirs.
    named = "invoice_id" if kind == "past_due" else "partner_id"
    changes = {"key": "n.key || ' ' || owed.id", named: "owed.id", "line_id": "NULL"}
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE column_name != 'id'"
        " AND table_schema = current_schema AND table_name = 'paynow_notice'")
    names = [name for (name,) in env.cr.fetchall()]
    env.cr.execute(
        f"INSERT INTO paynow_notice ({', '.join(names)})"
        f" SELECT {', '.join(changes.get(name, f'n.{name}') for name in names)}"
        "   FROM paynow_notice n, unnest(%s) owed(id)"
        "  WHERE n.id = (SELECT max(id) FROM paynow_notice WHERE kind = %s)",
        [ids[: len(ids) // 2], kind])
    env.cr.execute("ANALYZE paynow_notice")
    left, asked = ask(kind, most=MOST)
    env.cr.rollback()
    assert left == ids[len(ids) // 2:][:MOST], (kind, len(left), len(ids))
    return asked

lots = {}
for kind in ("account_summary", "past_due"):
    ids, _asked = ask(kind, most=MOST)
    seconds, made = [], 0
    for lot in range(LOTS + 1):  # The first one loads what all need.
        start = time.perf_counter()
        made += Notice._notify_or_note(kind, company, ids[lot * LOT:][:LOT])
        seconds.append(time.perf_counter() - start)
    assert made > LOT * LOTS * 0.9, (kind, made)
    lots[kind] = sum(seconds[1:]) / LOTS
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
told = {"longest": LONGEST, "memory": memory}
for kind, lot in lots.items():
    ids, _asked = ask(kind)
    told[kind] = [len(ids) + LOT * (LOTS + 1), ask_halfway(kind, ids), lot]
print(json.dumps(told))
"""


def measure_runs(stack, options):
    """The runs of reminders and of summaries, for ten times as many clients.

    Each client has three open invoices. Some lots of a run are made, of each size in
    turn; what the whole run takes is what all lots would, and the question who is owed
    a mail, once for each job of the scheduler, as it is halfway through the run.
    """
    values = f"LOT, LOTS = {LOT}, {LOTS}"
    series = {}
    with ExitStack() as exits:
        places = [
            # A third of the clients are another company's; half of all is paid.
            exits.enter_context(
                place(
                    stack,
                    Size(f"runs_{clients}", 9 * clients, 3 * clients // 2, 0),
                    serve=False,
                )
            )
            for clients in CLIENTS
        ]
        for _turn in range(RUN_TURNS):
            for clients, here in random.sample(
                list(zip(CLIENTS, places, strict=True)), len(CLIENTS)
            ):
                here.query("VACUUM paynow_notice")
                told = json.loads(here.shell(f"{values}\n{_RUN}").splitlines()[-1])
                memory, longest = told.pop("memory"), told.pop("longest")
                series.setdefault(f"memory, {clients}", []).append(memory)
                for kind, (count, asked, lot) in told.items():
                    all_lots = lot * count / LOT
                    jobs = all_lots / max(JOB, min(30 * asked, longest))
                    whole = all_lots + asked * max(jobs, 1)
                    series.setdefault(f"{kind}, {clients}", []).append(whole)
                    series.setdefault(f"asked {kind}, {clients}", []).append(asked)
    return series
