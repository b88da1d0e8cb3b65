"""A plugin of pytest: each process of pytest-xdist tests in a database of its own."""

import os
from contextlib import contextmanager

import pytest_odoo

from odoo.tools import config


@contextmanager
def _use_own_database():
    """Use the copy that `bin/test` has made for this process.

    pytest-odoo would copy the database by a program of PostgreSQL that is not on every
    machine, and let the copies share their files.
    """
    (name,) = config["db_name"]
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        name = f"{name}_{worker}"
        config["db_name"] = [name]
        config["dbfilter"] = f"^{name}$"
    yield name


pytest_odoo._worker_db_name = _use_own_database
