"""Copies of a database, and two in one server: nothing leads from one to the other."""

from contextlib import closing
from urllib.parse import urlsplit

import pytest
from ledger import Ledger
from operation import get_email, go_by, mail, take_payments
from shells import Shell
from visitor import Visitor

from dev import databases, postgres
from dev.places import cache
from dev.server import serving

pytestmark = pytest.mark.long
NOTE = 'id="o_paynow_neutralized"'
ADDRESS = "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url'"
#: As if the demo provider were a live one.
GO_LIVE = "UPDATE payment_provider SET state = 'enabled' WHERE code = 'demo'"
#: Has a mail sent as staff do it, and says what became of it.
SEND = """
import json

client = env["res.partner"].create({"name": "Any", "email": "any@client.example.com"})
template = env.ref("paynow_module.mail_template_account_summary")
id = template.send_mail(client.id, email_values={"auto_delete": False})
env["mail.mail"].process_email_queue()
env.cr.commit()
print(json.dumps(env["mail.mail"].browse(id).state))
"""
LINK = """
import json

print(json.dumps(env["account.move"].search([("name", "=", "Inv124")]).paynow_url))
"""


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell, inbox):
    """The books of the original, whose mails go to the inbox."""
    inbox.connect(shell)
    return Ledger(stack, paynow_db, shell)


@pytest.fixture
def restore(stack, paynow_db, tmp_path):
    """A function that restores a dump under another name, as administrators do."""
    name, file = f"{paynow_db}_copy", tmp_path / "dump.zip"
    programs = ("--pg_path", postgres._Cluster(stack.python).programs)

    def run(*arguments):
        log = cache("logs") / f"{name}.log"
        stack.run_odoo("db", *programs, *arguments, log=log, otherwise="No copy.")

    def make(*options):
        databases.drop(stack, name)
        run("dump", paynow_db, file)
        run("load", *options, name, file)
        return name

    yield make
    databases.drop(stack, name)


@pytest.fixture
def copied(stack, restore):
    """A copy under another name: the name, a shell of it, and its books."""
    name = restore()
    with closing(Shell(stack, name)) as shell:
        yield name, shell, Ledger(stack, name, shell)


def test_two_databases_in_one_server(stack, paynow_db, books, shell, inbox, copied):
    """The host says which one is meant; links of one open nothing in the other."""
    copy, shell_there, books_there = copied
    log = cache("logs") / "test_operation_copies.log"
    arguments = ("-d", f"{paynow_db},{copy}", "--db-filter", "^%d$")
    with serving(stack, paynow_db, log=log, arguments=arguments) as server:
        port = urlsplit(server.url).port
        urls = [f"http://{name}.example.com:{port}" for name in (paynow_db, copy)]
        for url, each in zip(urls, (books, books_there), strict=True):
            each.query(ADDRESS, url)
        visit = go_by(server.url)
        take_payments(books, shell, inbox, "Original", urls[0], visit)
        take_payments(books_there, shell_there, inbox, "Copied", urls[1], visit)
        assert not books.query("SELECT id FROM account_move WHERE name = 'Copied'")

        # The copy has this invoice, too, with the same id.
        link = f"/PAYNOW?{urlsplit(shell(LINK)).query}"
        assert [visit(url).open(link).status_code for url in urls] == [200, 403]
        assert visit("http://nobody.example.com").open().status_code == 404


def test_neutralized_copy(stack, paynow_db, books, shell, inbox, restore):
    """No mail leaves it, no provider is live, no link works; each page says so."""
    books.invoice(get_email("Live"), {"Live": 100.0})
    link = mail(shell, inbox, "Live")
    books.query(GO_LIVE)
    copy = restore("--neutralize")
    arrived = len(inbox.messages)
    log = cache("logs") / "test_operation_copies.log"
    with (
        serving(stack, copy, log=log) as server,
        closing(Shell(stack, copy)) as shell_there,
    ):
        visitor = Visitor(server.url)
        assert NOTE in visitor.open().text
        refused = visitor.open(f"/PAYNOW?{urlsplit(link).query}")
        assert refused.status_code == 403 and NOTE in refused.text
        answer = visitor.post(get_email("Live"), "Live", "100")
        checkout = visitor.open(answer.headers["Location"]).text
        assert NOTE in checkout and "data-payment-method-code" not in checkout
        assert shell_there(SEND) == "exception"
    assert len(inbox.messages) == arrived
