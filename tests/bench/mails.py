"""The rows of mails: the button in invoice mails, the account summary, its memory."""

import json
import os

from place import SMALL, place

from dev.bench_data import Size

#: Clients of the page's company whom the summary cron goes through.
CLIENTS = (1000, int(os.environ.get("PAYNOW_BENCH_CLIENTS", "10000")))
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
#: Makes both mails for a client with five open invoices, in turn.
_SUMMARY = """
import json, random, time

company = env.ref("base.main_company")
company.paynow_email_links = True
invoices = env["account.move"].search(
    [("name", "=like", "BENCH/%"), ("company_id", "=", company.id),
     ("payment_state", "=", "not_paid")], limit=5 * TIMES + 50, order="id")
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
summary = env.ref("paynow_module.mail_template_account_summary").with_company(company)
invoice_mail = env.ref("account.email_template_edi_invoice").with_company(company)
invoice_mail.write({"report_template_ids": False, "paynow_no_button": True})
layout = "mail.mail_notification_layout_with_responsible_signature"
seconds, queries = {"summary": [], "invoice": []}, {"summary": [], "invoice": []}
for number in range(-3, TIMES):
    client_id, invoice_id = pairs[number % len(pairs)]
    calls = [
        ("summary", lambda: summary.send_mail(client_id)),
        ("invoice", lambda: invoice_mail.send_mail(
            invoice_id, email_layout_xmlid=layout)),
    ]
    random.shuffle(calls)
    for name, call in calls:
        env.flush_all()
        env.invalidate_all()
        before, start = env.cr.sql_log_count, time.perf_counter()
        call()
        env.flush_all()
        lasted = time.perf_counter() - start
        if number >= 0:
            seconds[name].append(lasted)
            queries[name].append(env.cr.sql_log_count - before)
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
    """The summary of a client with five invoices, beside Odoo's invoice mail."""
    with place(stack, SMALL, serve=False) as here:
        told = here.shell(f"TIMES = {options.times}\n{_SUMMARY}")
    seconds, queries = json.loads(told.splitlines()[-1])
    return {
        "ours": seconds["summary"],
        "theirs": seconds["invoice"],
        "queries of ours": queries["summary"],
        "queries of theirs": queries["invoice"],
    }


#: Runs the cron until nobody is owed a summary; tells the most memory it has held.
_CRON = """
import json, resource

company = env.ref("base.main_company")
company.write({
    "paynow_enabled": True, "paynow_email_links": True,
    "paynow_summary_enabled": True, "paynow_summary_interval": "monthly",
})
env.cr.commit()
cron = env.ref("paynow_module.ir_cron_account_summary")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
mailed = -1
while True:
    cron.method_direct_trigger()
    env.cr.commit()
    env.cr.execute("SELECT count(*) FROM paynow_notice WHERE kind = 'account_summary'")
    count = env.cr.fetchone()[0]
    if count == mailed:
        break
    mailed = count
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([mailed, before / 1024, after / 1024]))
"""


def measure_memory(stack, options):
    """The most memory of the summary cron, for ten times as many clients.

    The clients of the page's company are two thirds of all, three of four of them owe
    something; the figures are per run of all of them.
    """
    series = {}
    for clients in CLIENTS:
        size = Size(f"clients_{clients}", 3 * clients, 3 * clients // 2, 0)
        with place(stack, size, serve=False) as here:
            mailed, before, after = json.loads(here.shell(_CRON).splitlines()[-1])
        series[f"{clients} clients"] = [after]
        series[f"mails, {clients} clients"] = [mailed]
        series[f"before, {clients} clients"] = [before]
    return series
