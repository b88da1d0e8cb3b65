"""Odoo's own suites with the add-on installed, compared with without it."""

import re
import subprocess
from collections import Counter
from xml.etree import ElementTree

from . import databases
from .places import ROOT, cache
from .progress import say, step
from .server import free_port

MODULES = ("payment", "account_payment", "payment_demo", "website_payment", "portal")
#: Tests of mails: run with the add-on's switches on as well.
MAILS = (
    "account/tests/test_account_move_send.py",
    "mail/tests/test_mail_template.py",
)
#: Asks for Odoo's own template by default: switched on, ours is, as it says there.
OURS_BY_DEFAULT = (
    "account.tests.test_account_move_send.TestAccountMoveSend.test_get_sending_settings"
)
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
#: Switches all on, for the companies that tests make too.
_SWITCH_ON = """
switches = [
    name for name, field in env["res.company"]._fields.items()
    if name.startswith("paynow_") and field.type == "boolean" and field.store
    and name.endswith(("_enabled", "_links"))
]
assert len(switches) > 4, switches
for name in switches:
    env["ir.default"].set("res.company", name, True)
env["res.company"].search([]).write(dict.fromkeys(switches, True))
env.cr.commit()
"""


def compare(stack):
    """Run the suites in two databases; a test whose result differs has failed.

    :rtype: Counter
    """
    without, with_it, switched_on = (
        f"paynow_peers_{name}" for name in ("without", "with", "on")
    )
    with step("Databases with and without the add-on"):
        databases.copy(stack, databases.template(stack), without)
        databases.copy(stack, without, with_it)
        _install(stack, with_it)
        databases.copy(stack, with_it, switched_on)
        stack.shell(switched_on, _SWITCH_ON)
    # Mails first: the other run updates its databases.
    mails = {name: _run_mails(stack, name) for name in (without, with_it, switched_on)}
    suites = {name: _run_suites(stack, name) for name in (without, with_it)}
    for name in (without, with_it, switched_on):
        databases.drop(stack, name)
    return (
        _compare("with it", suites[without], suites[with_it])
        + _compare("with it", mails[without], mails[with_it])
        + _compare("switched on", mails[without], mails[switched_on], {OURS_BY_DEFAULT})
    )


def _install(stack, database):
    """Install the add-on without its demo data.

    Those are one company's configuration, which the suites don't expect.
    """
    # Odoo loads demo data wherever all that a module depends on has them.
    stack.query(_DEMO, False, database=database)
    databases.install(stack, database, ["paynow_module"], demo=False)
    stack.query(_DEMO, True, database=database)


def _run_suites(stack, database):
    """Return the result of each test of the payment modules.

    :param str database: changed by it
    :rtype: dict[str, str]
    """
    log = cache("logs") / f"{database}.log"
    tags = ",".join(f"/{module}" for module in MODULES)
    with step(f"Odoo's suites {tags} ({database})"):
        # Failing tests are what is compared, so the exit code says nothing.
        stack.run_odoo(
            "server", "-d", database, "-u", ",".join(MODULES), "--test-tags", tags,
            "--http-port", free_port(), "--stop-after-init",
            log=log, otherwise=None,
        )  # fmt: skip
    results = {}
    for line in log.read_text().splitlines():
        found = _LINE.search(line)
        if found:
            test = f"{found['where']}.{found['test']}"
            results[test] = _RESULTS[found["word"]]
    return results


def _run_mails(stack, database):
    """Return the result of each test of mails.

    pytest runs them with all modules loaded; Odoo's own runner tests a module before
    it loads those that extend it.

    :rtype: dict[str, str]
    """
    report = cache("reports") / f"{database}.xml"
    report.unlink(missing_ok=True)
    log = cache("logs") / f"{database}.log"
    with step(f"Odoo's tests of mails ({database})"):
        subprocess.run(
            [str(stack.python), "-m", "pytest", "-q", "-p", "no:cacheprovider",
             f"--junit-xml={report}", "--odoo-http", f"--odoo-database={database}",
             f"--odoo-config={stack.config}", "--odoo-log-level=warn",
             f"--odoo-extra=logfile={log}",
             *(_find(stack, name) for name in MAILS)],
            cwd=ROOT,
            env=stack.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
    results = {}
    for case in ElementTree.parse(report).iter("testcase"):
        folder = case.get("classname").rpartition("addons.")[2]
        test = f"{folder}.{case.get('name')}"
        bad = case.find("failure") is not None or case.find("error") is not None
        skipped = case.find("skipped") is not None
        result = "failed" if bad else "skipped" if skipped else "passed"
        # A subtest stands there again.
        if results.get(test) != "failed":
            results[test] = result
    return results


def _find(stack, name):
    paths = (folder / name for folder in stack.odoo.addons)
    return next(str(path) for path in paths if path.exists())


def _compare(words, before, after, wanted=frozenset()):
    """Print the tests whose results differ and return the counts.

    :param str words: what was done between
    :param dict before: results by test, without the add-on
    :param dict after: results by test, with it
    :param wanted: tests that must differ
    """
    differences = {
        test: (before.get(test, "not run"), after.get(test, "not run"))
        for test in sorted({*before, *after})
        if (before.get(test) != after.get(test)) is not (test in wanted)
    }
    for test, (was, became) in differences.items():
        print(f"{test}: {was} without the add-on, {became} {words}")
    for name, results in (("Without", before), (words.capitalize(), after)):
        say(f"{name}: {len(results)} tests, {dict(Counter(results.values()))}")
    return Counter(
        passed=len(after) - len(differences.keys() & after.keys()),
        failed=len(differences),
    )
