"""`bin/test`: everything that can be said about the add-on by a machine."""

import os
import subprocess
import sys
from collections import Counter
from xml.etree import ElementTree

from . import chromium, databases, mutants, neighbours, peers, rooms
from .lint import lint
from .places import ADDON, ROOT, alone, cache
from .progress import say
from .stack import ready

_JUNIT = ("tests", "failures", "errors", "skipped")
PARTS = (
    "lint", "unit", "e2e", "all", "peers", "neighbours", "mutants", "rooms",
)  # fmt: skip
#: The sizes of what `bin/test all` tries; small cases of the same are in `bin/test`.
FULL = {
    "PAYNOW_AUTOPAY_KILLS": "3",
    "PAYNOW_CRASH": "5",
    "PAYNOW_EXAMPLES": "100",
    "PAYNOW_FLOOD": "500",
    "PAYNOW_FUZZ": "3000",
    "PAYNOW_ITEMS_KILLS": "20",
    "PAYNOW_KILLS": "5",
}
#: Processes that test at once, each in databases of its own.
SHARDS = 2
USAGE = """\
bin/test                        linters, unit tests, end-to-end tests
bin/test lint|unit|e2e [ARGS]   one of them; ARGS are pytest's (-k, -x, a file …)
bin/test ARGS                   unit and end-to-end tests with pytest's ARGS
bin/test all                    the long ones, too, and those of peers
bin/test peers                  Odoo's own suites, with and without the add-on
bin/test neighbours [SET …] [--unit]
                                sets of other add-ons beside ours (all, if none is
                                named), and docs/neighbours.md; --unit runs all of our
                                unit tests beside them, not only those of the subject
bin/test rooms                  which room of the code knows which
bin/test mutants [MODULE …] [TESTS …]
                                would the unit tests notice a small fault in the code
                                that decides about money? MODULE is a file of it,
                                TESTS a test module (all, if none is named)"""


def test():
    """Run what the arguments name; print the counts; return the exit code."""
    part, arguments = _read_arguments(sys.argv[1:])
    total = Counter()
    if part == "all":
        os.environ.update({**FULL, **os.environ})
    if part == "rooms":
        print(rooms.render(rooms.read()))
        return 0
    with alone("tests"), ready(testing=True) as stack:
        if part != "lint":
            # Odoo looks for a browser by itself and skips its tests without one.
            chromium.find()
        if part in ("peers", "all"):
            total += peers.compare(stack)
        if part == "neighbours":
            total += neighbours.compare(stack, arguments)
        if part == "mutants":
            total += mutants.run(stack, arguments)
        if part in (None, "lint", "all") and not (part is None and arguments):
            passed, failed = lint(stack)
            total += Counter(passed=passed, failed=failed)
        if part in (None, "unit", "all"):
            total += _unit(stack, arguments)
        if part in (None, "e2e", "all"):
            # Whoever names tests gets them, long ones too.
            short = ["-m", "not long"] if part != "all" and not arguments else []
            total += _end_to_end(stack, short, arguments)
    if total["skipped"]:
        say("A skipped test proves nothing: see above for what it lacks.")
    counts = (f"{total[name]} {name}" for name in ("passed", "failed", "skipped"))
    print(", ".join(counts), flush=True)
    return 0 if total["passed"] and not total["failed"] + total["skipped"] else 1


def _read_arguments(arguments):
    """Return the part to run (None: all) and pytest's arguments."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(USAGE)
        sys.exit()
    if arguments and arguments[0] in PARTS:
        return arguments[0], arguments[1:]
    return None, arguments


def _unit(stack, arguments):
    """Run the add-on's own tests in Odoo."""
    base = databases.for_unit_tests(stack)
    names = [f"_gw{shard}" for shard in range(SHARDS)] if not arguments else [""]
    for name in names:
        databases.copy(stack, base, f"paynow_test{name}")
    log = cache("logs") / "unit.log"
    log.unlink(missing_ok=True)
    return _pytest(
        stack,
        "unit",
        [
            ADDON / "tests",
            "--odoo-http",
            "--odoo-database=paynow_test",
            f"--odoo-config={stack.config}",
            "--odoo-log-level=info",
            f"--odoo-extra=logfile={log}",
            *("-p", "dev.shards"),
        ],
        arguments,
        log,
    )


def _end_to_end(stack, own, arguments):
    """Run the tests that look from outside, at live servers."""
    if not list((ROOT / "tests").glob("test_*.py")):
        return Counter()
    databases.with_addon(stack)
    # Loading Odoo into the test runner would only slow these down.
    return _pytest(
        stack, "e2e", [ROOT / "tests", "-p", "no:odoo", *own], arguments, cache("logs")
    )


def _pytest(stack, name, own, arguments, log):
    """Run pytest and return its counts.

    :param str name: of this run
    :param list own: what pytest is told by us
    :param list arguments: what pytest is told by the person
    :param pathlib.Path log: where Odoo's words are
    :rtype: Counter
    """
    report = cache("reports") / f"{name}.xml"
    report.unlink(missing_ok=True)
    if any(os.path.exists(ROOT / name.partition("::")[0]) for name in arguments):
        # Files were named: those instead of the whole folder.
        own = own[1:]
    if not arguments:
        # Whoever asks for something wants to see it, and needn't wait long.
        own = [*own, "-n", SHARDS, "--dist", "loadfile"]
    done = subprocess.run(
        [str(stack.python), "-m", "pytest", "-q", f"--junit-xml={report}",
         *map(str, own), *arguments],
        cwd=ROOT,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    total = _read_counts(report) if report.exists() else Counter()
    # 0: all passed, 1: some failed, 5: none selected; the rest are mishaps.
    if done.returncode not in (0, 1, 5) or (done.returncode == 1 and not total):
        total["failed"] += 1
    if total["failed"]:
        say(f"What Odoo said is in {log}")
    return total


def _read_counts(report):
    """Return the counts of a JUnit report."""
    total = Counter()
    for suite in ElementTree.parse(report).iter("testsuite"):
        numbers = {name: int(suite.get(name, 0)) for name in _JUNIT}
        failed = numbers["failures"] + numbers["errors"]
        total["failed"] += failed
        total["skipped"] += numbers["skipped"]
        total["passed"] += numbers["tests"] - failed - numbers["skipped"]
    return total
