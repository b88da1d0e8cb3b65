"""What the end-to-end tests stand on: a database, a live server, a browser.

They look at Odoo from outside, as clients, providers and administrators do; run them
with `bin/test e2e`.
"""

import os
from contextlib import ExitStack, closing

import pytest
from inbox import Inbox
from mailbag import SEND
from payer import Payer
from playwright.sync_api import expect, sync_playwright
from shells import Shell

from dev import chromium, databases
from dev.places import cache
from dev.server import serving
from dev.stack import ready

pytest_plugins = ["windows"]
#: Chromium with nothing on its mind but the page.
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
#: Milliseconds for a page to become what is expected, on a busy machine too.
PATIENCE = int(os.environ.get("PATIENCE", "30000"))
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def stack():
    """The platform: Odoo, its Python, PostgreSQL."""
    with ready(testing=True) as platform:
        yield platform


@pytest.fixture(scope="module")
def paynow_db(stack, request):
    """The name of a fresh database with the add-on and its demo data."""
    name = f"paynow_e2e_{request.module.__name__}"
    databases.copy(stack, databases.with_addon(stack), name)
    yield name
    databases.drop(stack, name)


@pytest.fixture(scope="module")
def arguments():
    """What Odoo's command is told besides, by module: nothing, unless one says so."""
    return ()


@pytest.fixture(scope="module")
def start_server(stack, paynow_db, arguments, request):
    """A function that starts a server of the module's database until its last test.

    Its keyword arguments are those of `dev.server.serving`, `workers` and `crons`
    among them; it returns a `dev.server.Server`.
    """
    with ExitStack() as servers:

        def start(**options):
            log = cache("logs") / f"{request.module.__name__}.log"
            options = {"log": log, "arguments": arguments, **options}
            return servers.enter_context(serving(stack, paynow_db, **options))

        yield start


@pytest.fixture(scope="module")
def server(start_server):
    """A live server with threads, no crons."""
    return start_server()


@pytest.fixture(scope="module")
def shell(stack, paynow_db, arguments):
    """A function that runs Python in `odoo shell` and returns what it printed as JSON.

    The script has `env`, and commits what it wants to keep.
    """
    with closing(Shell(stack, paynow_db, arguments)) as run:
        yield run


@pytest.fixture(scope="module")
def inbox():
    """The mailbox of all clients."""
    with Inbox() as box:
        yield box


@pytest.fixture(scope="module")
def clients(inbox, server, shell):
    """Clients who got their mails: address, new and late invoice, by language."""
    inbox.connect(shell)
    return shell(SEND)


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window."""
    # Chromium's own sandbox refuses root.
    flags = [*FLAGS, "--no-sandbox"] if os.getuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium.find(), args=flags)
        yield chrome
        chrome.close()


@pytest.fixture
def page(browser, server):
    """A blank page of a new visitor; a path of the server will do as address."""
    context = browser.new_context(base_url=server.url, locale="en-US")
    context.set_default_timeout(PATIENCE)
    context.set_default_navigation_timeout(2 * PATIENCE)  # Odoo compiles its scripts.
    yield context.new_page()
    context.close()


@pytest.fixture
def payer(page):
    """A new client with a browser, whose console stays free of errors."""
    payer = Payer(page)
    yield payer
    assert not payer.complaints
