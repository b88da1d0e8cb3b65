"""Who reads from right to left: the pages in Arabic, mirrored, and the mails.

Odoo mirrors its styles with rtlcss, which the virtualenv of bin/test has.
"""

import re

import pytest
from arrival import arrive, owe
from axe import WCAG, Report
from playwright.sync_api import expect
from visitor import Visitor
from windows import sizes

EMAIL = "billing@blueharbor.example.com"
PREPARE = """
arabic = env["res.lang"]._activate_lang("ar_001")
env["website"].search([]).write({"language_ids": [(4, arabic.id)]})
env.cr.commit()
"""
WRITE_MAILS = """
import json

invoice = env["account.move"].search([("name", "=", "Inv123")])
client = invoice.partner_id
client.lang = "ar_001"
bodies = {}
for name, record in (("past_due", invoice), ("account_summary", client)):
    template = env.ref(f"paynow_module.mail_template_{name}")
    mail = template.with_company(invoice.company_id).send_mail(record.id)
    bodies[name] = str(env["mail.mail"].browse(mail).body_html)
env.cr.rollback()
print(json.dumps(bodies))
"""


@pytest.fixture(scope="module")
def proxied(start_server, shell):
    """A server whose website speaks Arabic, too."""
    shell(PREPARE)  # Before: a server hears of no change made in a shell.
    server = start_server(arguments=("--proxy-mode",))
    # The first visitor waits until the styles are mirrored.
    visitor = Visitor(server.url)
    for bundle in set(re.findall(r'"(/web/assets/[^"]+)"', visitor.open("/ar").text)):
        visitor.open(bundle)
    return server


@pytest.fixture(scope="module")
def report():
    """What axe-core found in this module."""
    return Report("axe-right-to-left")


def test_a_payment_reads_from_right_to_left(visit, report):
    """Form, choice, confirmation, receipt: mirrored, whole, without violations."""
    payer = visit()
    page = payer.page

    def look(step):
        page.wait_for_load_state()
        style = "getComputedStyle(document.querySelector('#wrap .row')).direction"
        assert page.evaluate(style) == "rtl", step
        report.look(page, f"{step} from right to left")

    page.goto("/ar/PAYNOW")
    _type_and_send(page, "900")
    expect(page.get_by_role("alert")).to_be_visible()
    look("error")
    for name in ("email", "invoice", "amount"):
        # What is typed reads from left to right, and stands where its label does.
        field = page.locator(f"#o_paynow_{name}")
        expect(field).to_have_css("direction", "ltr")
        expect(field).to_have_css("text-align", re.compile("right|end"))
    _type_and_send(page, "13")
    summary = page.locator("#o_paynow_summary")
    _expect_mirrored(summary.locator("dt").first, summary.locator("dd").first, summary)
    look("choice")
    payer.find_option("ACH Direct Debit").locator(".o_payment_option_label").click()
    option = payer.find_option("ACH Direct Debit")
    option.locator("[name=customer_input]").fill("4242")
    page.locator("button[name=o_payment_submit_button]").click()
    confirmed = page.locator("#o_paynow_confirmation dl")
    expect(confirmed.locator("[data-name=method]")).to_have_text("ACH Direct Debit")
    # "Inc." keeps its full stop at its end, not before its beginning.
    expect(confirmed.locator("[data-name=email] bdi")).to_have_css("direction", "ltr")
    look("confirmation")
    page.locator("[name=o_paynow_pay]").click()
    receipt = page.locator("#o_paynow_receipt")
    expect(receipt).to_have_attribute("data-state", "done")
    number = receipt.locator("[data-name=invoice] bdi")
    expect(number).to_have_text("Inv200")
    expect(number).to_have_css("direction", "ltr")
    look("receipt")


def test_several_invoices_read_from_right_to_left(visit, report, shell):
    """The box on the right, the amount on the left; the sum as the server writes it."""
    owed = {f"Right{number}": (1000.0, number - 1) for number in range(3)}
    url = owe(shell, "Right to left", owed)
    payer = visit()
    page = payer.page
    arrive(page, shell, f"/ar{url}")
    rows = page.locator("#paynow_items li")
    expect(rows).to_have_count(3)
    box, field = rows.first.locator("[name=item]"), rows.first.locator("[type=text]")
    assert box.bounding_box()["x"] > field.first.bounding_box()["x"]
    page.locator("[data-tick=all]").click()
    total = page.locator("#o_paynow_sum [data-name=sum]")
    expect(total).to_contain_text("3,000.00")
    report.look(page, "list from right to left")
    total = total.inner_text()
    page.locator("#paynow_items [type=submit]").click()
    summary = page.locator("#o_paynow_summary")
    expect(summary.locator("[data-name=amount]")).to_have_text(total)
    _expect_mirrored(summary.locator("dt").first, summary.locator("dd").first, summary)
    report.look(page, "picked invoices from right to left")


def _type_and_send(page, amount):
    for name, value in (("email", EMAIL), ("invoice", "Inv200"), ("amount", amount)):
        page.locator(f"#o_paynow_{name}").fill(value)
    page.locator("#o_paynow_form button[type=submit]").click()


def _expect_mirrored(term, value, box):
    """Expect that a line begins at the right of its box and ends at the left."""
    frame, right, left = box.bounding_box(), term.bounding_box(), value.bounding_box()
    assert right["x"] > left["x"]
    assert frame["x"] + frame["width"] - right["x"] - right["width"] < 30
    assert left["x"] - frame["x"] < 30


@sizes
def test_the_mails_read_from_right_to_left(visit, report, size, shell):
    """A reminder and a summary in Arabic: amounts stand on the left."""
    page = visit(size).page
    mails = shell(WRITE_MAILS)
    for name, body in mails.items():
        page.goto("about:blank")
        page.set_content(body)
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        report.check(page, f"mail from right to left: {name}", [("body", WCAG)])
    if size[0] > 620:
        # The last mail is the summary, a table on wide screens.
        head = page.locator(".pn-head").last
        cells = [cell.bounding_box()["x"] for cell in head.locator("th").all()]
        assert len(cells) > 4 and cells == sorted(cells, reverse=True)
        expect(page.locator(".pn-row td").first).to_have_css("text-align", "start")
