"""Ways to start Odoo: in each a guest pays, by number and by the link of a mail."""

import os
import shutil
import subprocess
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
from ledger import Ledger
from operation import take_payments
from shells import Shell
from visitor import Visitor

from dev import databases, postgres
from dev.places import cache
from dev.server import serving
from dev.stack import Stack

pytestmark = pytest.mark.long
LOG = cache("logs") / "test_operation.log"
#: A role as hosters give it: it may make databases, and is nobody else's lord.
ROLE = "paynow_plain"
#: Runs a command where nothing can be written but one folder.
SEAL = 'mount --bind "$0" "$0" && mount -o remount,ro,bind / && exec "$@"'


class Sealed(Stack):
    """A platform on a file system that can't be written, but for the data folder."""

    def command(self, *arguments):
        """Override to run Odoo there; who is not root is so in a name space."""
        mapped = [] if os.getuid() == 0 else ["--map-root-user"]
        return [
            *("unshare", *mapped, "--mount", "sh", "-c", SEAL, str(cache("data"))),
            *super().command(*arguments),
        ]


@pytest.fixture(scope="module")
def books(stack, paynow_db, shell, inbox):
    """The books, whose mails go to the inbox."""
    inbox.connect(shell)
    return Ledger(stack, paynow_db, shell)


@pytest.fixture(scope="module")
def serve(paynow_db):
    """A function that starts a server of a platform, for as long as a block runs."""
    LOG.unlink(missing_ok=True)  # What an earlier run has said.
    return partial(serving, database=paynow_db, log=LOG)


@pytest.mark.parametrize("workers", [0, 2, 8])
def test_with_threads_and_with_workers(stack, serve, books, shell, inbox, workers):
    """No process keeps anything that another one needs."""
    with serve(stack, workers=workers) as server:
        take_payments(books, shell, inbox, f"Workers{workers}", server.url)


def test_on_ipv6(stack, serve, books, shell, inbox):
    """The server has no other address, and the mails carry it."""
    arguments = ("--http-interface", "::1")
    with serve(stack, host="[::1]", arguments=arguments) as server:
        take_payments(books, shell, inbox, "IPv6", server.url)


def test_without_a_list_of_databases(stack, serve, books, shell, inbox):
    """Nobody can list, copy or drop a database from a browser; guests pay as ever."""
    with serve(stack, arguments=("--no-database-list",)) as server:
        visitor = Visitor(server.url)
        answer = visitor.send("POST", "/web/database/list", json={"params": {}})
        assert "AccessDenied" in answer.text
        assert "has been disabled" in visitor.open("/web/database/manager").text
        take_payments(books, shell, inbox, "Unlisted", server.url)


def test_on_a_file_system_that_is_read_only(stack, serve, books, shell, inbox):
    """Odoo writes into its data folder and nowhere else; ours writes nothing at all."""
    if not shutil.which("unshare"):
        pytest.skip("unshare is missing (Debian: apt-get install util-linux).")
    # Python wants a folder for temporary files, or Odoo does not start.
    environment = {**stack.environment, "TMPDIR": str(cache("data", "tmp"))}
    sealed = Sealed(**{**vars(stack), "environment": environment})
    with serve(sealed) as server:
        take_payments(books, shell, inbox, "ReadOnly", server.url)
    assert "Read-only file system" not in LOG.read_text()


@pytest.fixture
def plain(stack):
    """The platform as the role has it, and a database of its own without the add-on."""
    name, source = "paynow_e2e_plain", databases.template(stack)
    programs = postgres._Cluster(stack.python).programs
    databases.drop(stack, name)
    stack.query(f"DROP ROLE IF EXISTS {ROLE}")
    stack.query(f"CREATE ROLE {ROLE} LOGIN CREATEDB NOSUPERUSER NOCREATEROLE")
    plain = replace(stack, environment={**stack.environment, "PGUSER": ROLE})
    plain.query(f'CREATE DATABASE "{name}"')
    dump = subprocess.Popen(
        [programs / "pg_dump", "-O", "-x", source],
        env=stack.environment,
        stdout=subprocess.PIPE,
    )
    subprocess.run(
        [programs / "psql", "-q", name],
        env=plain.environment,
        stdin=dump.stdout,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # Comments on extensions are their owner's to make.
        check=True,
    )
    assert dump.wait() == 0
    files = cache("data", "filestore")
    subprocess.run(["cp", "-al", files / source, files / name], check=True)
    yield plain, name
    databases.drop(stack, name)
    stack.query(f"DROP ROLE {ROLE}")


def test_with_a_role_that_is_no_superuser(plain, inbox):
    """It installs the add-on in a database of its own, and takes payments there."""
    plain, name = plain
    own = ("--db_user", ROLE)
    log = cache("logs") / "test_operation.plain.log"
    plain.run_odoo(
        "server", *own, "-d", name, "-i", "paynow_module", "--no-http",
        "--stop-after-init",
        log=log, otherwise="The add-on could not be installed.",
    )  # fmt: skip
    assert " ERROR " not in log.read_text()
    with (
        closing(Shell(plain, name, own)) as shell,
        serving(plain, name, log=log, arguments=own) as server,
    ):
        inbox.connect(shell)
        books = Ledger(plain, name, shell)
        take_payments(books, shell, inbox, "Plain", server.url)
