"""How clients find the page, and how administrators make it theirs.

An editor works in the website builder, an invoice is printed, a client follows.
"""

from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from editor import Editor, log_in
from payer import CHOICE
from playwright.sync_api import expect
from visitor import Visitor

from dev.places import cache

DENTAL = "billing@blueharbor.example.com"
SCALE = 3  # 216 dots per inch, as a cheap printer has at least.

PREPARE = """
company = env.ref("base.main_company")
company.paynow_qr_enabled = True
env["website"].create({
    "name": "Second website",
    "company_id": company.id,
    "domain": "http://127.0.0.1:PORT",
})
env.cr.commit()
"""
#: The form as an older version may have had it.
AGE = """
    UPDATE ir_ui_view
       SET arch_db = replace(arch_db::text, 'Amount to pay', 'An old label')::jsonb
     WHERE key = 'paynow_module.form'
 RETURNING id
"""


@pytest.fixture(scope="module")
def site(server, shell):
    """The server, with two websites of one company and QR codes on its invoices."""
    shell(PREPARE.replace("PORT", str(urlsplit(server.url).port)))
    return server


@pytest.fixture
def editor(browser, site):
    """An administrator with the website builder."""
    context = browser.new_context(
        base_url=site.url,
        locale="en-US",
        viewport={"width": 1280, "height": 860},
        service_workers="block",  # Playwright answers no request of theirs.
    )
    page = context.new_page()
    log_in(page)
    yield Editor(page)
    context.close()


def test_block_is_dropped_shaped_and_followed(editor, payer):
    """The button *Pay Bills Online* gets a label, a style and a number, no address."""
    editor.open("/", debug="tests")
    editor.walk("paynow_button")

    payer.page.goto("/")
    button = payer.page.get_by_role("link", name="Pay your bill")
    expect(button).to_have_class("btn btn-lg btn-secondary")
    button.click()
    payer.expect_fields("", "Inv123", "")
    payer.page.get_by_label("Billing Email Address").fill(DENTAL)
    payer.page.get_by_label("Amount to pay").fill("10")
    payer.page.get_by_role("button", name="Continue").click()
    payer.expect_heading(CHOICE)


def test_page_is_theirs_on_each_website_and_an_upgrade_keeps_it(
    editor, payer, stack, paynow_db, site
):
    """Words and blocks stay as edited; the form gets better and leads on."""
    editor.open("/PAYNOW")
    editor.write("h1", "Settle your bill")
    editor.insert("Contact & Forms", "s_contact_info")
    editor.save()

    assert stack.query(AGE, database=paynow_db)
    stack.run_odoo(
        "server", "-d", paynow_db, "-u", "paynow_module", "--stop-after-init",
        "--no-http",
        log=cache("logs") / "test_website.update.log",
        otherwise="The add-on could not be updated.",
    )  # fmt: skip

    page = payer.page
    page.goto("/PAYNOW")
    payer.expect_heading("Settle your bill")
    block = page.locator("[id^='oe_structure_paynow'] .s_contact_info")
    expect(block).to_be_visible()
    expect(page.get_by_text("An old label")).to_have_count(0)
    payer.look_up(DENTAL, "Inv123", "10")
    payer.expect_heading(CHOICE)

    other = Visitor(site.url.replace("localhost", "127.0.0.1")).open().text
    assert "Pay an invoice" in other
    assert "Settle your bill" not in other
    assert "s_contact_info" not in other


@pytest.mark.parametrize("target", ["number", "link"])
def test_code_of_a_printed_invoice_is_read_and_followed(
    editor, payer, shell, tmp_path, target
):
    """Whoever holds the paper is led to the page, as far as the company wants."""
    invoice_id = shell(f"""
env.ref("base.main_company").paynow_qr_target = "{target}"
env.cr.commit()
print(env["account.move"].search([("name", "=", "Inv124")]).id)
""")
    editor.page.goto(f"/report/html/account.account_invoices/{invoice_id}")
    paper = tmp_path / "invoice.pdf"
    editor.page.pdf(path=paper, format="Letter", print_background=True)

    texts = [
        code.text
        for sheet in pypdfium2.PdfDocument(paper)
        for code in zxingcpp.read_barcodes(sheet.render(scale=SCALE).to_pil())
    ]
    (address,) = [text for text in texts if "/PAYNOW" in text]
    assert "@" not in address
    payer.page.goto(address)
    if target == "link":
        payer.expect_heading("Invoice Inv124")
        payer.expect_fields("office@stonebridge.example.com", "Inv124", "1234.50")
        return
    payer.expect_fields("", "Inv124", "")
    payer.page.get_by_label("Billing Email Address").fill(
        "office@stonebridge.example.com"
    )
    payer.page.get_by_label("Amount to pay").fill("1,234.50")
    payer.page.get_by_role("button", name="Continue").click()
    payer.expect_heading(CHOICE)
