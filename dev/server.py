"""A live Odoo server, started and stopped by us."""

import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle

from .progress import Stop

#: Seconds for a server to answer first (a busy machine included), and to end.
START, END = 180, 20
#: The address in links of mails; Odoo would learn it from the administrator's login.
_OWN_ADDRESS = "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url'"


@dataclass(frozen=True)
class Server:
    """A server that answers: its address and its process."""

    url: str
    process: subprocess.Popen


@contextmanager
def serving(
    stack,
    database,
    *,
    log,
    host="localhost",
    port=None,
    workers=0,
    crons=0,
    arguments=(),
    keep_open=None,
):
    """Serve a database for as long as the block runs.

    :param Stack stack: the platform
    :param str database: the one database served
    :param pathlib.Path log: receives what the server says
    :param str host: under which it is reached
    :param int port: 1 to 65535, or None for any free one
    :param int workers: number of processes; 0 serves with threads
    :param int crons: number of cron threads or processes
    :param arguments: more of Odoo's own
    :param int keep_open: a file descriptor that the server inherits
    :rtype: Server
    """
    port = port or free_port()
    command = stack.command(
        "server", "-d", database, "--db-filter", f"^{database}$",
        "--http-port", port, "--gevent-port", free_port(),
        "--workers", workers, "--max-cron-threads", crons, *arguments,
    )  # fmt: skip
    url = f"http://{host}:{port}"
    stack.query(_OWN_ADDRESS, url, database=database)
    with open(log, "a") as file:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            # A worker closes what is silent for so many seconds: two, unless told.
            env={**stack.environment, "ODOO_HTTP_SOCKET_TIMEOUT": "30"},
            # The terminal's Ctrl-C is for us; we end the server in good order.
            start_new_session=True,
            pass_fds=() if keep_open is None else (keep_open,),
        )
    try:
        wait(url, log, lambda: process.poll() is None)
        yield Server(url, process)
    finally:
        end(process)


def end(process):
    """End a process that we started: politely, then not."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(END)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()


def free_port():
    """Return the number of a TCP port that nobody listens on.

    Odoo binds to it seconds later. So it is none of those that the kernel gives to
    clients, and processes of pytest-xdist have ports of their own.

    :rtype: int
    """
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _shuffle_ports():
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = [*range(15000 + worker, 30000, 8)]
    random.shuffle(ports)
    return cycle(ports)


_PORTS = _shuffle_ports()


def wait(url, log, lives):
    """Return once the server at an address is healthy.

    :param str url: the address
    :param pathlib.Path log: where it says why, if it never is
    :param lives: a function that tells whether it still may become so
    """
    # No proxy: the environment's would be asked for our own machine's address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and lives():
        try:
            opener.open(f"{url}/web/health", timeout=10).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise Stop(f"Odoo did not start to serve: its log {log} says why.")
