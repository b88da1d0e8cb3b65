"""`bin/demo`: Pay Now served on this machine, with clients and invoices to try."""

import argparse
import errno
import fcntl
import os
import signal
import socket
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import databases
from .places import cache
from .progress import Stop, say, step
from .running import write
from .server import END, serving
from .stack import ready

DATABASE = "paynow_demo"
#: Invoices that a visitor of the first website can pay, the best known first.
INVOICES = r"""
    SELECT substring(partner.email FROM '[^\s,;<>]+@[^\s,;<>]+'),
           invoice.name, invoice.amount_residual, currency.name
      FROM account_move AS invoice
      JOIN res_partner AS partner ON partner.id = invoice.partner_id
      JOIN res_currency AS currency ON currency.id = invoice.currency_id
     WHERE invoice.move_type = 'out_invoice'
       AND invoice.state = 'posted'
       AND invoice.payment_state IN ('not_paid', 'partial')
       AND partner.email ~ '@'
       AND invoice.company_id = (
               SELECT company_id FROM website ORDER BY sequence, id LIMIT 1)
  ORDER BY invoice.name = 'Inv123' DESC,
           EXISTS (SELECT FROM ir_model_data
                    WHERE model = 'account.move' AND module = 'paynow_module'
                      AND res_id = invoice.id) DESC,
           invoice.id
     LIMIT 3
"""


def demo():
    """Serve the demonstration until Ctrl-C, or do what the options say."""
    options = _read_options()
    if options.stop:
        return _stop()
    with _only_one() as lock, ready() as stack, ExitStack() as servers:
        _check_port(options.port)
        _prepare(stack, options.reset)
        log = cache("logs") / "demo.log"
        log.unlink(missing_ok=True)
        with step("Odoo starts to serve"):
            server = servers.enter_context(
                serving(
                    stack, DATABASE, log=log, port=options.port,
                    workers=options.workers, crons=1, keep_open=lock,
                )
            )  # fmt: skip
        os.truncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()} {server.process.pid}".encode(), 0)
        _introduce(stack, server, log)
        try:
            server.process.wait()
        except KeyboardInterrupt:
            with step("\nOdoo stops"):
                servers.close()
            return 0
        raise Stop(f"Odoo has ended by itself: its log {log} says why.")


def _read_options():
    parser = argparse.ArgumentParser(prog="bin/demo", description=demo.__doc__)
    parser.add_argument("--port", type=int, default=8069, help="default: 8069")
    parser.add_argument("--reset", action="store_true", help="with a fresh database")
    parser.add_argument("--workers", type=int, default=0, help="processes; 0: threads")
    parser.add_argument("--stop", action="store_true", help="end a running one")
    return parser.parse_args()


@contextmanager
def _only_one():
    """Hold the lock of the one demonstration; give its file descriptor.

    The server holds it too, so that one whose parent was killed is still found.
    """
    with open(cache() / "demo.lock", "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(
                "The demo runs already: end it with bin/demo --stop, or with Ctrl-C"
                " where it runs."
            ) from None
        yield file.fileno()


def _stop():
    """End the demonstration that runs somewhere else."""
    try:
        with _only_one():
            say("No demo is running.")
            return 0
    except Stop:
        pids = (cache() / "demo.lock").read_text().split()
    ours = [pid for pid in pids if _is_ours(pid)]
    if not ours:
        raise Stop("The demo is not up yet: end it with Ctrl-C where it starts.")
    with step("The demo stops"):
        os.kill(int(ours[0]), signal.SIGTERM)
        deadline = time.monotonic() + 2 * END
        while any(map(_is_ours, ours)):
            if time.monotonic() > deadline:
                raise Stop(f"The demo (process {ours[0]}) does not end: kill it.")
            time.sleep(0.1)
    return 0


def _is_ours(pid):
    """Tell whether a process is a demo or its server: numbers are used again."""
    try:
        command = Path("/proc", pid, "cmdline").read_bytes()
    except OSError:
        return False
    return b"bin/demo" in command or DATABASE.encode() in command


def _check_port(port):
    """Refuse a port that cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            used = getattr(error, "errno", None) == errno.EADDRINUSE
            raise Stop(
                f"Port {port} {'is in use' if used else 'cannot be used'}:"
                " choose another, for instance bin/demo --port 8079."
            ) from None


def _prepare(stack, reset):
    """Make the database, or bring it up to date with the add-on's files."""
    made, wanted = cache("templates") / "demo", databases.addon_digest()
    if reset or not made.exists() or not databases.exists(stack, DATABASE):
        made.unlink(missing_ok=True)
        base = databases.with_addon(stack)
        with step("Database paynow_demo"):
            databases.copy(stack, base, DATABASE)
    elif made.read_text() != wanted:
        with step("The add-on has changed: its update"):
            stack.run_odoo(
                "server", "-d", DATABASE, "-u", "paynow_module", "--stop-after-init",
                "--no-http",
                log=cache("logs") / "demo.update.log",
                otherwise="The update failed; bin/demo --reset starts afresh.",
            )  # fmt: skip
    write(made, wanted)


def _introduce(stack, server, log):
    """Tell the person where to go and what to type."""
    rows = stack.query(INVOICES, database=DATABASE)
    invoices = [
        f"{email:<32} {name:<18} {float(amount):>10,.2f} {currency}"
        for email, name, amount, currency in rows
    ]
    print(
        f"""
Pay Now is served by Odoo 19 on this machine.

  Clients pay at   {server.url}/PAYNOW
  Type there       {(chr(10) + " " * 19).join(invoices) or "(no open invoice left)"}
  Back office      {server.url}/odoo   (login admin, password admin)
  Odoo's log       {log}
  To stop          Ctrl-C here, or bin/demo --stop anywhere
""",
        flush=True,
    )
