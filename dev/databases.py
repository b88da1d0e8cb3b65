"""Databases: a template with all that the add-on depends on, quick copies of it."""

import ast
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from .places import ADDON, alone, cache, digest
from .progress import Stop, main, step
from .running import write
from .server import serving
from .stack import ready

#: Beyond the add-on's own dependencies: what its demo data and its tests stand on.
BESIDES = ("account", "l10n_us", "payment_demo", "website_payment")
_COMMON = ADDON / "tests" / "common.py"
_COMPANY = """
from odoo.addons.paynow_module.tests.common import PaynowCommon

PaynowCommon.make_company(env)
env.cr.commit()
"""
_INSTALLED = """
    SELECT name FROM ir_module_module
     WHERE name = ANY(%s) AND state = 'installed' AND (demo OR NOT %s)
"""
#: Pages whose scripts and styles are compiled at the first visit.
PAGES = ("/", "/web/login", "/my?debug=tests", "/odoo?debug=tests")


def template(stack):
    """Return the name of the template database, made if need be (demo data included).

    :rtype: str
    """
    with alone("template database"):
        return _make_template(stack)


def _make_template(stack):
    modules = sorted({*_dependencies(), *BESIDES})
    key = digest(stack.odoo.key, modules)
    name, made = f"paynow_template_{key}", cache("templates") / key
    if made.exists() and exists(stack, name):
        return name
    drop(stack, name)
    with step(f"Template database ({', '.join(modules)})"):
        install(stack, name, modules)
    with step("Scripts and styles of its pages"):
        _warm(stack, name)
    made.touch()
    return name


def without_demo(stack):
    """Return the name of a template without demo data, of a company of no country.

    :rtype: str
    """
    modules = ("payment_demo", "website_payment")
    name = f"paynow_template_bare_{digest(stack.odoo.key, *modules)}"
    with alone("template database without demo data"):
        if not exists(stack, name):
            unfinished = "paynow_bare_unfinished"
            drop(stack, unfinished)
            with step(f"Template database without demo data ({', '.join(modules)})"):
                install(stack, unfinished, modules, demo=False)
            copy(stack, unfinished, name)
            drop(stack, unfinished)
    return name


def with_addon(stack):
    """Return the name of a database with the add-on and its demo data, up to date.

    It is for copying: made anew from the template when the add-on has changed.

    :rtype: str
    """
    source = template(stack)
    with alone("database with the add-on"):
        return _make_base(stack, source)


def _make_base(stack, source):
    name, made = "paynow_base", cache("templates") / "base"
    wanted = f"{source} {addon_digest()}"
    if made.exists() and made.read_text() == wanted and exists(stack, name):
        return name
    made.unlink(missing_ok=True)
    with step("The add-on with its demo data"):
        copy(stack, source, name)
        install(stack, name, ["paynow_module"])
    with step("Scripts and styles of its pages"):
        _warm(stack, name)
    write(made, wanted)
    return name


def for_unit_tests(stack):
    """Return the name of a database with the add-on and the company of its unit tests.

    :rtype: str
    """
    base, name = with_addon(stack), "paynow_unit"
    with alone("database of the unit tests"):
        made = cache("templates") / "unit"
        wanted = digest((cache("templates") / "base").read_text(), _COMMON, _COMPANY)
        if made.exists() and made.read_text() == wanted and exists(stack, name):
            return name
        made.unlink(missing_ok=True)
        with step("The company of the unit tests"):
            copy(stack, base, name)
            stack.shell(name, _COMPANY)
        write(made, wanted)
    return name


def addon_digest():
    """Return a hash of all that an installation of the add-on reads.

    :rtype: str
    """
    names = sorted(
        path.relative_to(ADDON) for path in ADDON.rglob("*") if path.is_file()
    )
    return digest(
        *(
            part
            for name in names
            if name.parts[0] not in ("tests", "readme")
            and "__pycache__" not in name.parts
            for part in (str(name), ADDON / name)
        )
    )


def install(stack, database, modules, demo=True, update=False):
    """Install modules; the database is made if need be.

    :param str database: its name
    :param modules: technical names
    :param bool demo: whether with their demo data
    :param bool update: whether they are installed and shall be updated
    """
    log = cache("logs") / f"{database}.install.log"
    stack.run_odoo(
        "server", "-d", database, "-u" if update else "-i", ",".join(modules),
        "--no-http",
        "--stop-after-init", *(["--with-demo"] if demo else []),
        log=log,
        otherwise=f"{', '.join(modules)} could not be installed.",
    )  # fmt: skip
    done = stack.query(_INSTALLED, list(modules), demo, database=database)
    missing = sorted({*modules} - {name for (name,) in done})
    if missing:
        # Odoo only warns of unknown modules and of demo data that does not load.
        raise Stop(
            f"Odoo left out {', '.join(missing)}, or its demo data: the log"
            f" {log} says why."
        )


def copy(stack, source, target):
    """Make `target` a fresh copy of the database `source`, files included."""
    drop(stack, target)
    stack.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    files = cache("data", "filestore")
    if (files / source).exists():
        # Odoo never changes a stored file, it only adds and removes: links will do.
        subprocess.run(["cp", "-al", files / source, files / target], check=True)


def drop(stack, name):
    """Remove a database and its files, if there."""
    stack.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(cache("data", "filestore") / name, ignore_errors=True)


def exists(stack, name):
    """Tell whether there is a database of this name."""
    return bool(stack.query("SELECT 1 FROM pg_database WHERE datname = %s", name))


def _dependencies():
    manifest = ADDON / "__manifest__.py"
    if not manifest.exists():
        return []
    return ast.literal_eval(manifest.read_text())["depends"]


def _warm(stack, database):
    """Visit pages as a guest and as the administrator, their bundles included."""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPCookieProcessor(CookieJar()),
    )

    def get(path, **fields):
        data = urllib.parse.urlencode(fields).encode() if fields else None
        with opener.open(urllib.parse.urljoin(url, path), data) as answer:
            return answer.read().decode(errors="replace")

    with serving(stack, database, log=cache("logs") / "warm.log") as server:
        url = server.url
        login = get("/web/login")
        token = re.search(r'name="csrf_token" value="([^"]+)"', login).group(1)
        get("/web/login", csrf_token=token, login="admin", password="admin")
        for page in PAGES:
            for path in set(re.findall(r'"(/web/assets/[^"]+)"', get(page))):
                get(path)


def copy_template():
    """Make a copy of the template: `python3 -m dev.databases NAME`."""
    if len(sys.argv) != 2 or not re.fullmatch(r"\w+", sys.argv[1]):
        raise Stop("Usage: python3 -m dev.databases NAME (letters, digits and _)")
    with ready() as stack:
        source = template(stack)
        with step(f"Copy of the template: {sys.argv[1]}"):
            copy(stack, source, sys.argv[1])


if __name__ == "__main__":
    main(copy_template)
