"""Odoo, its Python and PostgreSQL put together: what every command works with."""

import json
import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import odoo_source, postgres, virtualenv
from .places import ADDON, ROOT, cache, digest
from .progress import Stop, say
from .running import run, without_python_settings, write

LAUNCHER = ROOT / "dev" / "launch" / "odoo-bin"
_QUERY = """
import json, psycopg2, sys
database, statement, values = json.load(sys.stdin)
connection = psycopg2.connect(dbname=database)
connection.autocommit = True  # CREATE DATABASE takes no transaction
cursor = connection.cursor()
cursor.execute(statement, values)
print(json.dumps(cursor.fetchall() if cursor.description else [], default=str))
"""


@dataclass(frozen=True)
class Stack:
    """A platform that is up: programs, paths and the environment to run them in."""

    odoo: odoo_source.Odoo
    python: Path
    config: Path
    environment: dict

    def command(self, *arguments):
        """Return Odoo's own command with these arguments.

        :rtype: list[str]
        """
        return [str(self.python), str(LAUNCHER), *map(str, arguments)]

    def run_odoo(self, *arguments, log, otherwise, **options):
        """Run Odoo to its end, what it says kept in a file.

        :param pathlib.Path log: receives all output
        :param str otherwise: the sentence shown when it fails; None: it may
        :raise Stop: it failed
        """
        with open(log, "w") as file:
            done = subprocess.run(
                self.command(*arguments),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env=self.environment,
                **options,
            )
        if done.returncode and otherwise:
            say("\n" + "".join(Path(log).read_text().splitlines(keepends=True)[-40:]))
            raise Stop(f"{otherwise} Odoo's log says why: {log}")

    def shell(self, database, script, *arguments):
        """Run Python in `odoo shell`; return what it printed.

        :param str database: its name
        :param str script: it has `env`, and commits what it wants to keep
        :param arguments: more of Odoo's own
        :rtype: str
        :raise Stop: it failed
        """
        return run(
            self.command(
                "shell", "-d", database, "--no-http", "--log-level=error", *arguments
            ),
            text=script,
            env=self.environment,
            otherwise="A script in odoo shell failed.",
        )

    def run_python(self, script, text):
        """Run a script in the virtualenv and return what it printed.

        :param str script: Python source
        :param str text: what it reads on standard input
        :rtype: str
        """
        return run(
            [self.python, "-c", script],
            text=text,
            env=self.environment,
            otherwise="PostgreSQL refused a request: if PGHOST, PGUSER… are set, check"
            " that they lead to a server where you may create databases.",
        )

    def query(self, statement, *values, database="postgres"):
        """Run one SQL statement and return its rows.

        :param str statement: SQL, with %s for each of `values`
        :param str database: the database to ask
        :rtype: list[list]
        """
        request = json.dumps([database, statement, values])
        return json.loads(self.run_python(_QUERY, request))


@contextmanager
def ready(testing=False):
    """Give the platform: fetched if need be, PostgreSQL running while it is used.

    :param bool testing: whether test runners and linters are needed too
    :rtype: Stack
    """
    odoo = odoo_source.find()
    python = virtualenv.ready(testing)
    with postgres.running(python) as connection:
        config = _write_config(odoo, connection)
        stack = Stack(
            odoo=odoo,
            python=python,
            config=config,
            environment={
                **without_python_settings(),
                **connection,
                "PATH": f"{python.parent}:{os.environ['PATH']}",
                "PYTHONPATH": f"{odoo.path}:{ROOT}",
                "PYTHONUNBUFFERED": "1",
                "ODOO_RC": str(config),
            },
        )
        if not connection:
            stack.query("SELECT 1")
        yield stack


def _write_config(odoo, connection):
    """Write Odoo's configuration for this checkout and return its path."""
    addons = [*odoo.addons, *([ROOT] if ADDON.is_dir() else [])]
    settings = {
        "addons_path": ",".join(map(str, addons)),
        "data_dir": cache("data"),
        "db_host": connection.get("PGHOST", ""),
        "db_port": connection.get("PGPORT", ""),
        "db_user": connection.get("PGUSER", ""),
        # The databases of this cache hold admin/admin: local visitors only, and
        # nobody may list, copy or drop them from a browser.
        "http_interface": "127.0.0.1",
        "list_db": False,
        "max_cron_threads": 0,
    }
    lines = [f"{name} = {value}" for name, value in settings.items() if value != ""]
    path = cache("conf") / f"{digest(ROOT)}.conf"
    write(path, "\n".join(["[options]", *lines, ""]))
    return path
