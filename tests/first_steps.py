"""From books without Pay Now to a paid invoice, as a new administrator does it.

`bin/test e2e tests/first_steps.py` walks the way, counts clicks and time, and puts a
picture of each step into docs/pictures. It is no part of `bin/test`: it installs half
of Odoo before it starts, and the rest by a click.
"""

import time
from io import BytesIO

import pytest
from editor import log_in
from payer import Payer
from PIL import Image
from playwright.sync_api import expect

from dev import databases
from dev.places import ROOT, cache, digest
from dev.server import serving

DOCS = ROOT / "docs" / "pictures"
INSTALLATION = 600_000  # Milliseconds that the installation of modules may take.
PATIENCE = 240_000  # Milliseconds; an installation has all scripts compiled anew.
#: Books begun as an accountant does: a chart, a client, an invoice.
BEGIN = """
env["account.chart.template"].try_loading("generic_coa", env.company)
client = env["res.partner"].create(
    {"name": "Blue Harbor Dental", "email": "billing@blueharbor.example.com"})
env["account.move"].create({
    "move_type": "out_invoice",
    "partner_id": client.id,
    "invoice_line_ids": [
        (0, 0, {"name": "Help desk", "price_unit": 100, "tax_ids": []}),
    ],
}).action_post()
env.cr.commit()
"""
PAID = """
    SELECT move.payment_state, payment.amount
      FROM account_move AS move
      JOIN account_move__account_payment AS link ON link.invoice_id = move.id
      JOIN account_payment AS payment ON payment.id = link.payment_id
     WHERE move.move_type = 'out_invoice'
"""


class Walk:
    """A way through screens, of which every click is counted.

    :param playwright.sync_api.Page page: where it starts
    """

    def __init__(self, page):
        self.page = page
        self.clicks = 0
        self.fields = 0
        self.pictures = 0
        self.installing = 0.0  # Seconds.
        self.start = time.monotonic()

    def click(self, target, **options):
        """Click on something."""
        target.click(**options)
        self.clicks += 1

    def fill(self, target, text):
        """Type into a field."""
        target.fill(text)
        self.fields += 1

    def install(self, button, done):
        """Click on a button that installs modules and wait until it is done."""
        start = time.monotonic()
        with button.page.expect_response(
            "**/button_immediate_install*", timeout=INSTALLATION
        ):
            self.click(button)
        done.wait_for()
        self.installing += time.monotonic() - start

    def picture(self, name, page=None):
        """Take a picture of the step."""
        self.pictures += 1
        page = page or self.page
        page.wait_for_timeout(500)  # Milliseconds for what still slides in.
        shot = Image.open(BytesIO(page.screenshot(animations="disabled")))
        few = shot.convert("RGB").quantize(128, dither=Image.Dither.NONE)
        few.save(DOCS / f"first-{self.pictures}-{name}.png", optimize=True)


@pytest.fixture
def books(stack):
    """The name of a database with accounting, without demo data and Pay Now."""
    # Kept, as the template is; it takes minutes.
    template = f"paynow_template_books_{digest(stack.odoo.key, BEGIN)}"
    if not databases.exists(stack, template):
        unfinished = "paynow_e2e_books_template"
        databases.drop(stack, unfinished)
        databases.install(stack, unfinished, ["account"], demo=False)
        stack.shell(unfinished, BEGIN)
        databases.copy(stack, unfinished, template)
        databases.drop(stack, unfinished)
    name = "paynow_e2e_first_steps"
    databases.copy(stack, template, name)
    yield name
    databases.drop(stack, name)


def test_from_books_to_a_paid_invoice(stack, books, browser):
    """Install, see what is missing, mend it, try it, pay."""
    log = cache("logs") / "first_steps.log"
    with serving(stack, books, log=log) as server:
        context = browser.new_context(
            base_url=server.url, locale="en-US", viewport={"width": 1280, "height": 860}
        )
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page = context.new_page()
        log_in(page)
        walk = Walk(page)

        page.goto("/odoo/action-base.open_module_tree")
        search = page.get_by_role("searchbox")
        walk.fill(search, "Pay Now")
        search.press("Enter")
        card = page.locator(".o_kanban_record", has_text="Clients pay an invoice")
        card.wait_for()
        walk.picture("install")
        button = card.get_by_role("button", name="Activate")
        # Odoo offers to build a website now.
        walk.install(button, page.get_by_text("Skip and start from scratch"))

        with page.expect_response("**/web/webclient/load_menus*"):
            page.goto("/odoo")
        page.wait_for_timeout(500)  # Milliseconds until the browser keeps them.
        page.reload()  # Until then it shows the menus that it kept before.
        walk.click(page.locator(".o_navbar_apps_menu button"))
        walk.click(page.get_by_role("menuitem", name="Invoicing", exact=True))
        walk.click(page.get_by_role("button", name="Configuration"))
        walk.click(page.get_by_role("menuitem", name="Pay Now Settings"))
        page.locator(".o_paynow_health").wait_for()
        walk.picture("health")

        with context.expect_page() as opened:
            walk.click(page.get_by_role("link", name="Payment Providers"))
        providers = opened.value
        demo = providers.locator(".o_kanban_record", has_text="Demo")
        walk.install(
            demo.get_by_role("button", name="Install"), demo.get_by_text("Test Mode")
        )
        # It comes published, which Pay Now refuses outside of a trial database.
        walk.click(demo.get_by_text("Demo", exact=True))
        walk.click(providers.get_by_role("button", name="Published"))
        providers.get_by_role("button", name="Unpublished").wait_for()
        walk.picture("provider", providers)
        providers.close()

        page.reload()
        page.locator(".o_paynow_health").wait_for()
        walk.click(page.locator("[name=paynow_enabled] input"))
        with context.expect_page() as opened:
            walk.click(page.get_by_role("button", name="Try it"))
        client = opened.value
        payer = Payer(client)
        expect(client.locator("#o_paynow_amount")).to_have_value("100.00")
        page.reload()
        page.locator(".o_paynow_health").wait_for()
        walk.picture("ready")
        walk.picture("page", client)
        payer.choose("Demo", details="4242 4242 4242 4242")
        walk.clicks += 1
        walk.fields += 1
        payer.proceed()
        walk.clicks += 1
        walk.picture("checkout", client)
        receipt = payer.pay()
        walk.clicks += 1
        walk.picture("receipt", client)
        seconds = time.monotonic() - walk.start
        assert receipt["state"] == "done"
        assert stack.query(PAID, database=books) == [["paid", "100.00"]]
        context.close()
    print(
        f"\n{walk.clicks} clicks, {walk.fields} fields, {seconds / 60:.1f} minutes,"
        f" {walk.installing / 60:.1f} of them the installation"
    )
    assert walk.clicks <= 20
