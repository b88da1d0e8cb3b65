"""`bin/test mutants`: would the tests notice a fault in what decides about money?"""

import json
import os
import shutil
import subprocess
import time
from collections import defaultdict

from . import databases, mutants_report, virtualenv
from .places import ADDON, ROOT, alone, cache, digest
from .progress import Stop, say, step

REQUIREMENTS = ROOT / "dev" / "requirements-mutants.txt"
MODULES = (
    "models/ledger/account_move.py",
    "models/ledger/account_move_line.py",
    "models/ledger/account_move_open_item.py",
    "models/payment/account_move.py",
    "models/payment/account_move_check.py",
    "models/autopay/account_move_plan.py",
    "models/autopay/account_move_run.py",
    "models/payment/account_move_lookup.py",
    "models/payment/account_move_portal.py",
    "models/payment/account_move_proof.py",
    "models/payment/payment_provider.py",
    "models/payment/payment_provider_again.py",
    "models/autopay/payment_provider.py",
    "models/payment/payment_transaction.py",
    "models/payment/payment_transaction_again.py",
    "models/autopay/payment_transaction.py",
    "models/autopay/payment_transaction_leftover.py",
    "models/autopay/payment_transaction_run.py",
    "models/payment/payment_transaction_parts.py",
    "models/outcome/payment_transaction_refund.py",
    "models/outcome/payment_transaction_return.py",
    "models/outcome/payment_transaction_trouble.py",
    "models/outcome/payment_transaction_watchdog.py",
    "wizards/paynow_return.py",
)
#: Databases, and so children, at once.
SLOTS = 2
#: Seconds of tests that a mutant has to live through, of those that reach it.
BUDGET = 20
_MAKE = """
import json, sys
from dev import mutations
for name, source in json.load(sys.stdin).items():
    for mutant in mutations.find(name, source):
        try:
            changed = mutations.write(mutant, source)
        except SyntaxError:
            continue
        if changed != source:
            print(json.dumps([mutations.as_dict(mutant), changed]))
"""


def run(stack, names):
    """Test the mutants of modules and print what became of them.

    What is known already, by this cache, is not tested again: a mutant that was killed
    while neither its module nor the test that killed it has changed, one that survived
    while nothing has.

    :param stack.Stack stack: the platform
    :param list names: modules below the add-on (none: all that decide about money),
        and test modules (none: all)
    :return: how many were killed and how many survived
    :rtype: Counter
    """
    tests = [name for name in names if name in _get_tests()] or _get_tests()
    names = [_find(name) for name in names if name not in tests] or [
        name for name in MODULES if (ADDON / name).exists()
    ]
    begun = time.monotonic()
    environment = {**stack.environment, "PYTHONPATH": os.pathsep.join(
        [stack.environment["PYTHONPATH"], str(install(stack.python))]
    )}  # fmt: skip
    work = cache("mutants")
    bases = [f"paynow_mutants_{slot}" for slot in range(SLOTS)]
    base = databases.for_unit_tests(stack)
    for name in bases:
        databases.copy(stack, base, name)
    reach = _map(stack, environment, tests, bases)
    mutants = _make(stack, environment, names)
    _choose_tests(mutants, reach)
    verdicts = work / "verdicts.jsonl"
    known = _read(verdicts, mutants, tests)
    todo = [each for each in mutants if each["key"] not in known]
    with step(f"{len(todo)} mutants to test, {len(known)} known"):
        jobs = [
            {
                "kind": "test",
                "mutants": todo[slot::SLOTS],
                "classes": _order(todo[slot::SLOTS]),
                "test_modules": _get_tests(),
                "verdicts": str(verdicts),
                "digests": {name: _digest_test(name) for name in _get_tests()},
                "state": _digest_all(tests),
            }
            for slot in range(SLOTS)
        ]
        _start(stack, environment, bases, jobs)
    known = _read(verdicts, mutants, tests)
    say(f"{time.monotonic() - begun:.0f} s in all")
    return mutants_report.show(mutants, known)


def _find(name):
    for path in (name, name.partition("paynow_module/")[2], f"models/{name}",
                 f"models/{name}.py", f"wizards/{name}.py"):  # fmt: skip
        if path and (ADDON / path).is_file():
            return path
    raise Stop(
        f"{name} is no module of the add-on: name one as payment/account_move.py."
    )


def install(python):
    """Return the folder that has what makes mutants, made if need be.

    :param python: path of the virtualenv's Python
    :rtype: pathlib.Path
    """
    with alone("mutants"):
        folder = cache("mutants", digest(python, REQUIREMENTS))
        if not (folder / ".complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            with step("What makes mutants"):
                virtualenv.install(python, "--target", folder, "-r", REQUIREMENTS)
            (folder / ".complete").touch()
        return folder


def _get_tests():
    return sorted(path.stem for path in (ADDON / "tests").rglob("test_*.py"))


def _digest_test(name):
    """Return a hash of all that a test module says."""
    helpers = sorted((ADDON / "tests").glob("common*.py"))
    return digest(*helpers, *(ADDON / "tests").rglob(f"{name}.py"))


def _map(stack, environment, tests, bases):
    """Return for each test its seconds and the lines that it reaches, by its name.

    :rtype: dict[str, tuple[float, dict]]
    """
    addon = databases.addon_digest()
    folder = cache("mutants", "reach")
    paths = {
        name: folder / f"{name}-{digest(addon, _digest_test(name))}.json"
        for name in tests
    }
    todo = [name for name, path in paths.items() if not path.exists()]
    if todo:
        with step(f"Which lines do the tests of {len(todo)} modules reach"):
            jobs = [
                {
                    "kind": "map",
                    "tests": {name: str(paths[name]) for name in todo[slot::SLOTS]},
                }
                for slot in range(SLOTS)
            ]
            _start(stack, environment, bases, jobs)
    reach = {}
    for path in paths.values():
        reach.update(json.loads(path.read_text()))
    return reach


def _start(stack, environment, bases, jobs):
    """Run one Odoo for each job, at once, each on a database of its own."""
    running = []
    for database, job in zip(bases, jobs, strict=True):
        job = {
            **job,
            "database": database,
            "config": str(stack.config),
            "addon": str(ADDON),
            "work": str(cache("mutants", database)),
        }
        if not job.get("mutants", job.get("tests")):
            continue
        with open(cache("logs") / f"{database}_{job['kind']}.log", "w") as log:
            process = subprocess.Popen(
                [str(stack.python), "-m", "dev.mutants_odoo"],
                stdin=subprocess.PIPE, stdout=log, stderr=log,
                text=True, cwd=ROOT, env=environment,
            )  # fmt: skip
        process.stdin.write(json.dumps(job))
        process.stdin.close()
        running.append(process)
    try:
        codes = [process.wait() for process in running]
    finally:
        for process in running:
            process.terminate()
    if any(codes):
        raise Stop(
            f"Testing mutants stopped: see paynow_mutants_*.log in {cache('logs')}"
        )


def _make(stack, environment, names):
    """Return the mutants of modules, each with the tests' digest and its own key."""
    made = subprocess.run(
        [str(stack.python), "-c", _MAKE], text=True, check=True, cwd=ROOT,
        input=json.dumps({name: (ADDON / name).read_text() for name in names}),
        stdout=subprocess.PIPE, env=environment,
    )  # fmt: skip
    mutants = []
    for line in made.stdout.splitlines():
        mutant, changed = json.loads(line)
        key = digest(mutant["module"], mutant["function"] or "", changed)
        mutants.append({"key": key, "mutant": mutant, "changed": changed})
    return mutants


def _choose_tests(mutants, reach):
    """Give each mutant the tests that are most about its module, for their time.

    Those are the ones that reach little else: a payment passes through it all.
    """
    lines = {
        test: {file: set(numbers) for file, numbers in reached.items()}
        for test, (_seconds, reached) in reach.items()
    }
    reached = {test: sum(map(len, files.values())) for test, files in lines.items()}
    apt = {
        module: sorted(
            filter(reached.get, reach),
            key=lambda test, m=module: (
                -len(lines[test].get(m, ())) / reached[test] / (0.5 + reach[test][0])
            ),
        )
        for module in {each["mutant"]["module"] for each in mutants}
    }
    for each in mutants:
        mutant, spent = each["mutant"], 0
        each["tests"] = defaultdict(dict)
        first, last = mutant["span"] or (None, None)
        each["reaching"] = 0
        for test in apt[mutant["module"]]:
            seconds = reach[test][0]
            here = lines[test].get(mutant["module"], ())
            is_reached = (
                any(number in here for number in range(first, last + 1))
                if first
                else len(here) > 0
            )
            each["reaching"] += is_reached
            if is_reached and spent < BUDGET:
                spent += seconds
                label, _dot, name = test.rpartition(".")
                each["tests"][label][name] = seconds


def _order(mutants):
    """Return the test classes, first those whose tests are quick."""
    seconds = defaultdict(list)
    for each in mutants:
        for label, tests in each["tests"].items():
            seconds[label].extend(tests.values())
    return sorted(seconds, key=lambda label: sum(seconds[label]) / len(seconds[label]))


def _read(verdicts, mutants, tests):
    """Return what is still known of these mutants, by their keys."""
    keys = {each["key"] for each in mutants}
    digests = {name: _digest_test(name) for name in _get_tests()}
    state, known = _digest_all(tests), {}
    for line in verdicts.read_text().splitlines() if verdicts.exists() else ():
        key, verdict, by, said = json.loads(line)
        if key in keys and said == digests.get(by.partition(".")[0], state):
            known[key] = verdict
    return known


def _digest_all(tests):
    """Return a hash of the add-on and of the test modules that are asked."""
    return digest(databases.addon_digest(), *tests, *map(_digest_test, tests))
