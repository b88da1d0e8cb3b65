"""Databases to measure in: so many posted invoices and clients, written by SQL.

Each row is the copy of one that Odoo made itself, an archetype, with another number,
client and date: what other modules add to the tables is right in it by itself. It
runs in the virtualenv, where psycopg2 is.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from . import bench_rows, databases
from .places import alone, cache, digest
from .progress import step
from .running import write


@dataclass(frozen=True)
class Size:
    """How much a database holds; `attempts` are those of the last thirty days."""

    name: str
    invoices: int
    clients: int
    attempts: int


SMALL = Size("small", 1_000, 300, 100)
LARGE = Size("large", 1_000_000, 300_000, 100_000)

ROWS = Path(bench_rows.__file__)
_COLUMNS = """
SELECT column_name FROM information_schema.columns
 WHERE table_schema = current_schema AND table_name = %s AND is_generated = 'NEVER'
"""
_INDEXES = """
SELECT i.indexname, i.indexdef FROM pg_indexes i
  LEFT JOIN pg_constraint c ON c.conname = i.indexname
 WHERE i.schemaname = current_schema AND i.tablename = ANY(%s) AND c.oid IS NULL
"""


def ready(stack, size):
    """Return the name of the database of a size, made if need be.

    :param Stack stack: the platform
    :param Size size: SMALL, LARGE
    :rtype: str
    """
    with alone("database to measure in"):
        return _make_ready(stack, size)


def _make_ready(stack, size):
    name = f"paynow_bench_{size.name}"
    made = cache("templates") / name
    own = digest(databases.template(stack), repr(size), Path(__file__), ROWS)
    wanted = f"{own} {databases.addon_digest()}"
    found = made.read_text() if made.exists() else ""
    if found == wanted and databases.exists(stack, name):
        return name
    made.unlink(missing_ok=True)
    if found.startswith(own) and databases.exists(stack, name):
        with step(f"The add-on has changed: update of {name}"):
            databases.install(stack, name, ["paynow_module"], update=True)
    else:
        databases.copy(stack, databases.with_addon(stack), name)
        stack.shell(name, bench_rows.ARCHETYPES)
        title = f"Database {name}: {size.invoices:,} invoices, {size.clients:,} clients"
        with step(title), connect(stack, name) as connection:
            _fill(connection, size)
    write(made, wanted)
    return name


def _fill(connection, size):
    """Write the rows of a size; indexes are made afterwards, in one go each."""
    values = {name: getattr(size, name) for name in ("invoices", "clients", "attempts")}
    tables = list(dict.fromkeys(table for table, *_rest in bench_rows.CLONES))
    with connection.cursor() as cursor:
        # What Odoo made is whole, so are the copies: no keys are checked meanwhile.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(bench_rows.PLAN.format(**values))
        cursor.execute(_INDEXES, [tables])
        indexes = cursor.fetchall() if size.invoices > SMALL.invoices else []
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for table, source, changes in bench_rows.CLONES:
            cursor.execute(_COLUMNS, [table])
            names = [name for (name,) in cursor.fetchall()]
            wanted = (changes.get(name, f'a."{name}"') for name in names)
            cursor.execute(
                f"""INSERT INTO {table} ({", ".join(f'"{name}"' for name in names)})
                SELECT {", ".join(wanted)} FROM {table} AS {source}""".format(**values)
            )
        cursor.execute(bench_rows.ATTEMPTS.format(**values))
        for _name, definition in indexes:
            cursor.execute(definition)
        for table in tables:
            if not table.endswith("__account_payment"):  # A relation has no sequence.
                cursor.execute(
                    f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
                )
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def connect(stack, database):
    """Give a connection to a database; each statement stands for itself.

    :rtype: psycopg2.extensions.connection
    """
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
    connection = psycopg2.connect(
        dbname=database,
        **{key: stack.environment.get(name) for key, name in names.items()},
    )
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()
