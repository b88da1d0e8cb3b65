"""Other add-ons beside ours: sets of them, each in a database, and what was seen.

`neighbours.ini` names the sets, `tests/neighbours.py` holds what is asked of each.
"""

import configparser
import re
import shutil
import subprocess
import time
from collections import Counter
from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree

from . import databases, neighbours_page, virtualenv
from .places import ADDON, ROOT, alone, cache, check_room, digest
from .progress import Stop, say, step
from .running import write

TABLE = ROOT / "dev" / "neighbours.ini"
#: Sections of the table that are no sets: Python's packages that some of the add-ons
#: import; add-ons that can't be in a set, or of which there is something to say.
LIBRARIES, NOTES = "libraries", "notes"
#: Of a set: those of our unit tests that touch its subject.
TESTS = "tests"
#: In place of a version: the platform has it.
PLATFORM = "odoo"
CHECKS = {
    "test_the_forms_open": "forms",
    "test_a_guest_pays": "a guest pays",
    "test_the_three_mails_are_written": "mails",
    "test_uninstalled_pay_now_leaves_the_others_as_they_are": "uninstalled",
}
#: The first line of what Odoo logs: "date time pid LEVEL database logger: words".
_RECORD = re.compile(
    r"(?m)^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) \S+ (?P<words>[\w.]+: .*)$"
)
_OURS = re.compile(r"paynow(?!_near)[_.]\w")


def compare(stack, arguments):
    """Try the sets that are named, or all; write the page; return the counts.

    :param Stack stack: the platform
    :param list arguments: names of sets, and `--unit` for all of our unit tests
    :rtype: Counter
    """
    sets = read_sets()
    is_whole = "--unit" in arguments
    names = [name for name in arguments if name != "--unit"] or [*sets]
    if unknown := {*names} - {*sets}:
        raise Stop(
            f"There is no set {', '.join(sorted(unknown))}: {', '.join(sets)} are in"
            f" {TABLE.relative_to(ROOT)}."
        )
    # Made before the others are known: some of them would install themselves there.
    source = databases.for_unit_tests(stack)
    stack = extend(stack)
    total = Counter()
    for name in names:
        start = time.monotonic()
        results = _try(stack, source, name, sets[name], is_whole)
        minutes = round((time.monotonic() - start) / 60, 1)
        neighbours_page.keep(name, sets[name], results, minutes)
        total += Counter(
            "passed" if result.startswith("passed") else "failed"
            for result in results.values()
        )
        say(f"{name}: {results}, {minutes} minutes")
    neighbours_page.write_page(sets, _read_table())
    return total


def read_sets():
    """Return the add-ons of each set, their versions, and our tests of its subject.

    :rtype: dict[str, dict[str, str]]
    """
    table = _read_table()
    return {
        name: dict(table[name])
        for name in table.sections()
        if name not in (LIBRARIES, NOTES)
    }


def extend(stack):
    """Return the platform with the add-ons of the table beside ours.

    :param Stack stack: the platform
    :rtype: Stack
    """
    with alone("other add-ons"):
        folder = _fetch(stack)
    config = configparser.ConfigParser(interpolation=None)
    config.read(stack.config)
    options = config["options"]
    options["addons_path"] += f",{folder / 'odoo' / 'addons'}"
    path = stack.config.with_suffix(".neighbours.conf")
    text = StringIO()
    config.write(text)
    write(path, text.getvalue())
    environment = {
        **stack.environment,
        "ODOO_RC": str(path),
        "PYTHONPATH": f"{stack.environment['PYTHONPATH']}:{folder}",
    }
    return replace(stack, config=path, environment=environment)


def _read_table():
    table = configparser.ConfigParser(interpolation=None)
    table.read(TABLE)
    return table


def _fetch(stack):
    """Return the folder with the add-ons of the table that the platform lacks."""
    table = _read_table()
    pins = sorted(
        {
            f"odoo-addon-{addon}=={version}"
            for addons in read_sets().values()
            for addon, version in addons.items()
            if addon != TESTS and version != PLATFORM
        }
        | {f"{name}=={version}" for name, version in table[LIBRARIES].items()}
    )
    folder = cache("neighbours") / f"{stack.python.parent.parent.name}-{digest(*pins)}"
    if folder.exists():
        return folder
    check_room()
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with step(f"{len(pins)} packages of other add-ons from PyPI"):
        virtualenv.install(stack.python, "--target", partial, *pins)
    partial.rename(folder)
    return folder


def _try(stack, source, name, addons, is_whole):
    """Return what became of each check of a set: `passed`, or what was wrong.

    :param Stack stack: the platform, with the add-ons
    :param str source: the database with ours alone
    :param str name: the set's
    :param dict addons: see `read_sets`
    :param bool is_whole: whether all of our unit tests are run
    :rtype: dict[str, str]
    """
    modules = [addon for addon in addons if addon != TESTS]
    database = f"paynow_near_{re.sub(r'[^a-z]', '_', name)}"
    databases.copy(stack, source, database)
    log = cache("logs") / f"{database}.log"
    with step(f"{name}: {len(modules)} add-ons"):
        _install(stack, database, modules, log)
    if missing := _find_missing(stack, database, modules):
        say(f"Not installed: {', '.join(missing)}; {log} says why.")
        return {"loads": f"not installed: {', '.join(missing)}"}
    warnings = _find_ours(log)
    for warning in warnings:
        print(warning, flush=True)
    results = {"loads": f"{len(warnings)} warnings of ours" if warnings else "passed"}
    tests = addons.get(TESTS, "").split() if not is_whole else [""]
    if tests:
        cases = _pytest(
            stack, f"{database}.unit", log,
            "--odoo-http", f"--odoo-database={database}",
            f"--odoo-config={stack.config}", "--odoo-log-level=warn",
            f"--odoo-extra=logfile={log}",
            *(ADDON / "tests" / test for test in tests),
        )  # fmt: skip
        bad = [test for test, result in cases.items() if result != "passed"]
        results["our tests"] = (
            f"{len(bad)} of {len(cases)} failed"
            if bad or not cases
            else f"passed ({len(cases)})"
        )
    environment = {"PAYNOW_NEAR": database, "PAYNOW_NEAR_MODULES": ",".join(modules)}
    cases = _pytest(
        stack, database, log,
        "-p", "no:odoo", ROOT / "tests" / "neighbours.py",
        **environment,
    )  # fmt: skip
    for test, check in CHECKS.items():
        results[check] = cases.get(f"tests.neighbours.{test}", "not run")
    databases.drop(stack, database)
    return results


def _install(stack, database, modules, log):
    """Install the others, and have ours checked anew beside them."""
    stack.run_odoo(
        "server", "-d", database, "-i", ",".join(modules), "-u", ADDON.name,
        "--no-http", "--stop-after-init", log=log, otherwise=None,
    )  # fmt: skip


def _find_missing(stack, database, modules):
    """Return the add-ons that are not there, ours among them."""
    rows = stack.query(
        "SELECT name FROM ir_module_module WHERE state = 'installed'", database=database
    )
    return sorted({*modules, ADDON.name} - {name for (name,) in rows})


def _find_ours(log):
    """Return the warnings and errors of a log that are about us."""
    text = log.read_text()
    starts = [*_RECORD.finditer(text)]
    ends = [start.start() for start in starts[1:]] + [len(text)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        words = text[start.start("words") : end]
        if start["level"] in ("WARNING", "ERROR", "CRITICAL") and _OURS.search(words):
            found.append(words.strip())
    return found


def _pytest(stack, name, log, *arguments, **environment):
    """Run pytest; return `passed`, `failed` or `skipped` by the test's name.

    :param Stack stack: the platform
    :param str name: of this run
    :param pathlib.Path log: where Odoo's words are
    :rtype: dict[str, str]
    """
    report = cache("reports") / f"{name}.xml"
    report.unlink(missing_ok=True)
    subprocess.run(
        [str(stack.python), "-m", "pytest", "-q", "-p", "no:cacheprovider",
         f"--junit-xml={report}", *map(str, arguments)],
        cwd=ROOT,
        env={**stack.environment, **environment, "PATIENCE": "60000"},
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if not report.exists():
        say(f"What Odoo said is in {log}")
        return {}
    results = {}
    for case in ElementTree.parse(report).iter("testcase"):
        bad = case.find("failure") is not None or case.find("error") is not None
        skipped = case.find("skipped") is not None
        result = "failed" if bad else "skipped" if skipped else "passed"
        key = f"{case.get('classname')}.{case.get('name')}"
        # A subtest stands there again.
        if results.get(key) != "failed":
            results[key] = result
    return results
