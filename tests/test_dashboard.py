"""The Pay Now menu in the back office, on many attempts; its totals are the raw rows'.

`DASHBOARD_ATTEMPTS=5000` says how many, `PICTURES=folder` where pictures of it go.
"""

import os
from pathlib import Path

import pytest
from payer import Payer

ATTEMPTS = int(os.environ.get("DASHBOARD_ATTEMPTS", "400"))
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 780}

GENERATE = """
import random
from datetime import timedelta
from odoo import fields

dice = random.Random(2026)
states = ["done"] * 12 + ["pending", "error", "error", "cancel", "draft", "draft"]
now = fields.Datetime.now()
company = env.ref("paynow_module.demo_company", False) or env.company
company = env["account.move"].search([("name", "=", "Inv123")]).company_id
invoices = env["account.move"].search(
    [("company_id", "=", company.id), ("move_type", "=", "out_invoice"),
     ("state", "=", "posted"), ("currency_id", "=", company.currency_id.id)])
provider = env["payment.provider"].search(
    [("code", "=", "demo"), ("company_id", "=", company.id)], limit=1)
card = env.ref("payment.payment_method_card")
ach = env["payment.method"].search([("code", "=", "ach_direct_debit")], limit=1)
values, dates, tx_values, visits = [], [], [], 0
number = 0
while number < %(attempts)d:
    # A visit, as far as it went; some browsers don't tell that a method was chosen.
    visit = dice.choice(
        [["lookup_failed"]] * 20 + [["payment_refused"]] * 2 + [["link_requested"]]
        + [["lookup_matched"]] * 18 + [["lookup_matched", "method_chosen"]] * 7
        + [["lookup_matched", "method_chosen", "payment_started"]] * 13
        + [["lookup_matched", "payment_started"]] * 2)
    # More lately than at first, as where a page is getting known.
    date = now - timedelta(days=min(29, dice.expovariate(0.09)), minutes=number %% 60)
    source = dice.choice(["page", "page", "mail", "mail", "mail"])
    invoice = dice.choice(invoices)
    if visit[-1] == "payment_started" and dice.random() < 0.2:
        visit = [*visit, "payment_started"]  # Tried again, without another look-up.
    for kind in visit:
        number += 1
        values.append({"company_id": company.id, "kind": kind, "source": source,
                       "ip": f"2001:db8::{visits:x}",
                       "invoice_id": kind != "lookup_failed" and invoice.id})
        dates.append(date)
        if kind == "payment_started":
            tx_values.append((len(values) - 1, {
                "reference": f"GEN-{number}", "provider_id": provider.id,
                "payment_method_id": dice.choice([card, card, ach]).id,
                "amount": dice.randint(2_000, 200_000) / 100,
                "currency_id": company.currency_id.id,
                "partner_id": invoice.partner_id.id, "operation": "online_direct",
                "state": dice.choice(states), "last_state_change": date,
                "is_paynow": True, "paynow_source": source, "is_post_processed": True,
            }))
    visits += 1
txs = env["payment.transaction"].create([vals for _number, vals in tx_values])
for (number, _vals), tx in zip(tx_values, txs):
    values[number]["transaction_id"] = tx.id
attempts = env["paynow.attempt"].create(values)
# Bills of half a year, paid ever faster since Pay Now was switched on.
company.paynow_enabled_date = fields.Date.today() - timedelta(days=90)
env.flush_all()
env.cr.execute(
    "UPDATE paynow_attempt SET create_date = new.date"
    " FROM unnest(%%s, %%s) AS new (id, date) WHERE new.id = paynow_attempt.id",
    (attempts.ids, dates))
product = env["product.product"].create({"name": "Service"})
bills = env["account.move"].create([
    {"move_type": "out_invoice", "company_id": company.id,
     "partner_id": dice.choice(invoices).partner_id.id,
     "invoice_date": fields.Date.today() - timedelta(days=10 + 7 * week),
     "invoice_line_ids": [(0, 0, {"product_id": product.id, "price_unit": 100,
                                  "tax_ids": False})]}
    for week in range(24)])
bills.action_post()
for bill in bills:
    is_before = bill.invoice_date < company.paynow_enabled_date
    days = dice.randint(18, 40) if is_before else dice.randint(1, 9)
    env["account.payment.register"].with_context(
        active_model="account.move", active_ids=bill.ids
    ).create({"payment_date": bill.invoice_date + timedelta(days=days)}
    )._create_payments()
env.cr.commit()
"""
RAW = """
import json
from collections import Counter

company = env["account.move"].search([("name", "=", "Inv123")]).company_id
env.cr.execute(
    "SELECT a.kind, t.state, a.ip FROM paynow_attempt a"
    " LEFT JOIN payment_transaction t ON t.id = a.transaction_id"
    " WHERE a.company_id = %s", (company.id,))
rows = env.cr.fetchall()
ends = {"done": "Paid", "pending": "Under way", "authorized": "Under way",
        "error": "Declined", "cancel": "Declined", "draft": "Left", None: "Left"}
kinds = Counter(kind for kind, _state, _ip in rows)
visits = Counter((kind, ip) for kind, _state, ip in rows)
stages = Counter({"Confirmed": kinds["payment_started"]})
for ip in {ip for _kind, _state, ip in rows}:
    # Whoever confirmed has chosen, and whoever chose has found the invoice.
    chosen = max(visits["method_chosen", ip], visits["payment_started", ip])
    matched = max(visits["lookup_matched", ip], chosen)
    stages["Method chosen"] += chosen
    stages["Matched"] += matched
    stages["Looked up"] += visits["lookup_failed", ip] + matched
stages.update(
    ends[state] for kind, state, _ip in rows if kind == "payment_started")
env.cr.execute(
    "SELECT SUM(amount), COUNT(*) FROM payment_transaction"
    " WHERE is_paynow AND state = 'done' AND company_id = %s", (company.id,))
amount, count = env.cr.fetchone()
env.cr.execute(
    "SELECT m.invoice_date < c.paynow_enabled_date, AVG(d.date - m.invoice_date)"
    " FROM account_move m JOIN res_company c ON c.id = m.company_id"
    " JOIN LATERAL (SELECT MAX(p.max_date) AS date FROM account_partial_reconcile p"
    " JOIN account_move_line l ON l.id = p.debit_move_id WHERE l.move_id = m.id) d"
    " ON d.date IS NOT NULL"
    " WHERE m.move_type = 'out_invoice' AND m.payment_state IN ('paid', 'in_payment')"
    " AND m.company_id = %s GROUP BY 1", (company.id,))
print(json.dumps({
    "attempts": len(rows), "stages": dict(stages),
    "paid": [round(float(amount), 2), count],
    "days": {["With Pay Now", "Before Pay Now"][before]: round(float(days), 2)
             for before, days in env.cr.fetchall()},
    "blocked": sum(kinds[k] for k in (
        "lookup_failed", "payment_refused", "payment_declined")),
}))
"""


@pytest.fixture(scope="module")
def raw(server, shell):
    """The totals, counted from the raw rows of the generated attempts."""
    shell(GENERATE % {"attempts": ATTEMPTS})
    return shell(RAW)


@pytest.fixture
def office(browser, server, raw):
    """A function that opens an action as the administrator, in a window of a size."""
    contexts = []

    def open_action(xmlid, size=WIDE):
        context = browser.new_context(
            base_url=server.url, locale="en-US", timezone_id="UTC", viewport=size
        )
        contexts.append(context)
        page = context.new_page()
        Payer(page)  # Nothing is loaded from elsewhere.
        page.goto("/web/login")
        page.get_by_label("Email").fill("admin")
        page.get_by_label("Password").fill("admin")
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url("**/odoo**")
        page.goto(f"/odoo/action-paynow_module.{xmlid}")
        page.locator(".o_action_manager .o_view_controller").wait_for()
        return page

    yield open_action
    for context in contexts:
        context.close()


def _switch(page, view):
    page.locator(f".o_switch_view.o_{view}").click()
    page.locator(f".o_{view}_view").wait_for()


def _take(page, name):
    """Save a picture, if asked to, of the view when it stands still."""
    folder = os.environ.get("PICTURES")
    if folder:
        page.wait_for_timeout(1200)  # Milliseconds; a graph grows.
        page.mouse.move(0, 0)
        page.screenshot(path=Path(folder) / f"{name}.png")


def _read_pivot(page):
    """Return the numbers of each row of the pivot, by its label."""
    page.locator(".o_pivot td.o_pivot_cell_value").first.wait_for()
    rows = {}
    for row in page.locator(".o_pivot tbody tr").all():
        label = row.locator("th").inner_text().strip()
        rows[label] = [
            float(text.replace(",", "").replace("$", "").strip() or 0)
            for text in row.locator("td").all_inner_texts()
        ]
    return rows


def test_the_funnel_shows_what_was_counted(office, raw):
    """Each stage on the screen is the number of its raw rows."""
    assert raw["attempts"] >= ATTEMPTS
    page = office("paynow_funnel_action")
    _take(page, "dashboard-funnel")
    _switch(page, "pivot")
    rows = _read_pivot(page)
    shown = {label: numbers[-1] for label, numbers in rows.items()}
    shown.pop("Total")
    assert shown == raw["stages"]
    _take(page, "dashboard-funnel-pivot")


def test_the_payments_add_up(office, raw):
    """The pivot's grand total is the sum of all received payments."""
    page = office("payment_transaction_action_paynow")
    _take(page, "dashboard-payments")
    _switch(page, "graph")
    _take(page, "dashboard-payments-graph")
    _switch(page, "pivot")
    assert _read_pivot(page)["Total"][-1] == raw["paid"][0]
    _take(page, "dashboard-payments-pivot")


def test_the_days_to_pay_are_those_of_the_invoices(office, raw):
    """Before and after, averaged from invoices and payments."""
    page = office("paynow_days_action")
    _take(page, "dashboard-days")
    _switch(page, "pivot")
    shown = {label: row[-1] for label, row in _read_pivot(page).items()}
    shown.pop("Total")
    assert shown == pytest.approx(raw["days"], abs=0.051)  # One digit is shown.
    assert shown["With Pay Now"] < shown["Before Pay Now"]


def test_blocked_tries_are_counted(office, raw):
    """The pager of the list shows how many."""
    page = office("paynow_blocked_action")
    _take(page, "dashboard-blocked")
    _switch(page, "list")
    page.locator(".o_pager_limit").click()
    total = page.locator(".o_pager_limit").inner_text()
    assert int(total.replace("+", "").replace(",", "")) == raw["blocked"]


@pytest.mark.parametrize(
    "xmlid", ["paynow_funnel_action", "payment_transaction_action_paynow"]
)
def test_the_dashboard_fits_a_phone(office, xmlid):
    """Nothing makes the page scroll sideways."""
    page = office(xmlid, PHONE)
    _take(page, f"{xmlid}-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
