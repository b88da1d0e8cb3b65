"""Odoo's own payment suites with the add-on installed, compared with without it."""

import re
from collections import Counter

from . import databases
from .places import cache
from .progress import say, step
from .server import free_port

MODULES = ("payment", "account_payment", "payment_demo", "website_payment", "portal")
#: Lines of Odoo's log: "… odoo.addons.<module>.tests.<file>: Starting <test> ..."
_LINE = re.compile(
    r" odoo\.addons\.(?P<where>[\w.]+): "
    r"(?P<word>Starting|FAIL:|ERROR:|skipped) (?P<test>\w+\.\w+)"
)
_DEMO = """
    UPDATE ir_module_module SET demo = %s
     WHERE state = 'installed' AND name != 'paynow_module'
"""
_RESULTS = {
    "Starting": "passed", "FAIL:": "failed", "ERROR:": "failed", "skipped": "skipped",
}  # fmt: skip


def compare(stack):
    """Run the suites in two databases; a test whose result differs has failed.

    :rtype: Counter
    """
    without = _run_suites(stack, "paynow_peers_without", [])
    with_it = _run_suites(stack, "paynow_peers_with", ["paynow_module"])
    differences = {
        test: (without.get(test, "not run"), with_it.get(test, "not run"))
        for test in sorted({*without, *with_it})
        if without.get(test) != with_it.get(test)
    }
    for test, (before, after) in differences.items():
        print(f"{test}: {before} without the add-on, {after} with it")
    for name, results in (("Without", without), ("With", with_it)):
        counts = Counter(results.values())
        say(f"{name} the add-on: {len(results)} tests, {dict(counts)}")
    return Counter(
        passed=len(with_it) - len(differences.keys() & with_it.keys()),
        failed=len(differences),
    )


def _run_suites(stack, database, addons):
    """Return the result of each of the suites' tests in a copy of the template.

    :param str database: the name of the copy
    :param list addons: what is installed besides, without its demo data: that is
        one company's configuration, which the suites don't expect
    :rtype: dict[str, str]
    """
    template = databases.template(stack)
    log = cache("logs") / f"{database}.log"
    tags = ",".join(f"/{module}" for module in MODULES)
    with step(f"Odoo's suites {tags} ({database})"):
        databases.copy(stack, template, database)
        # Odoo loads demo data wherever all that a module depends on has them.
        stack.query(_DEMO, False, database=database)
        if addons:
            databases.install(stack, database, addons, demo=False)
        stack.query(_DEMO, True, database=database)
        # Failing tests are what is compared, so the exit code says nothing.
        stack.run_odoo(
            "server", "-d", database, "-u", ",".join(MODULES), "--test-tags", tags,
            "--http-port", free_port(), "--stop-after-init",
            log=log, otherwise=None,
        )  # fmt: skip
        databases.drop(stack, database)
    results = {}
    for line in log.read_text().splitlines():
        found = _LINE.search(line)
        if found:
            test = f"{found['where']}.{found['test']}"
            results[test] = _RESULTS[found["word"]]
    return results
