"""Where is measured: databases of two sizes, and servers with Odoo's own workers."""

import os
from contextlib import ExitStack, contextmanager
from itertools import count

from dev import bench_data, databases
from dev.bench_data import LARGE, SMALL
from dev.places import cache
from dev.server import serving

_COPIES = count(1)
_OPEN = """
SELECT m.id, m.name, p.email, m.access_token
  FROM account_move m JOIN res_partner p ON p.id = m.partner_id
 WHERE m.name LIKE 'BENCH/%%' AND m.payment_state = 'not_paid' AND m.company_id = 1
 ORDER BY m.id LIMIT %s
"""


class Place:
    """A database with the server that serves it.

    :param dev.stack.Stack stack: the platform
    :param str database: its name
    :param str url: the server's address, if one runs
    """

    def __init__(self, stack, database, connection, server=None, log=None):
        self.stack = stack
        self.database = database
        self._connection = connection
        self.server = server
        self.url = server and server.url
        self.log = log

    def query(self, statement, *values):
        """Return the rows of an SQL statement.

        :rtype: list[tuple]
        """
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def invoices(self, number):
        """Return open invoices of the page's company, each of another client.

        :return: ids, numbers, addresses, access tokens
        :rtype: list[tuple]
        """
        return self.query(_OPEN, number)

    def shell(self, script):
        """Run Python in `odoo shell`; return what it printed.

        :rtype: str
        """
        return self.stack.shell(self.database, script)

    def forget_attempts(self):
        """Delete the attempts of the measurement, so that no limit is reached."""
        self.query(
            "DELETE FROM paynow_attempt"
            " WHERE create_date > now() AT TIME ZONE 'UTC' - interval '50 minutes'"
        )


@contextmanager
def place(stack, size=SMALL, serve=True, **options):
    """Give a place to measure in: a copy of the small database, or the large one.

    :param dict options: of `dev.server.serving`; one worker process unless told
    :rtype: Place
    """
    options.setdefault("workers", 1)
    arguments = ["--proxy-mode", "--db-filter=", *options.pop("arguments", ())]
    database = bench_data.ready(stack, size)
    with ExitStack() as exits:
        if size is not LARGE:
            copy = f"{database}_{os.getpid()}_{next(_COPIES)}"
            databases.copy(stack, database, copy)
            exits.callback(databases.drop, stack, copy)
            database = copy
        connection = exits.enter_context(bench_data.connect(stack, database))
        exits.callback(connection.close)
        server = log = None
        if serve:
            log = cache("logs") / f"{database}.log"
            log.unlink(missing_ok=True)
            server = exits.enter_context(
                serving(stack, database, log=log, arguments=arguments, **options)
            )
        yield Place(stack, database, connection, server, log)
