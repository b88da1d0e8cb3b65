"""Inside Odoo: which test reaches which line, and which mutants the tests notice.

Odoo is loaded once. Each test class gets a process of its own, in which it is set up
once; each mutant gets a child of that, which goes on from there on the same connection
to the database while its parent waits. It leaves nothing behind: the parent returns to
a savepoint. So neither Odoo nor a class is made ready mutant by mutant.
"""

import gc
import importlib
import json
import logging
import os
import select
import signal
import sys
import threading
import time
import unittest
from collections import Counter
from pathlib import Path

import coverage

import odoo
import odoo.tests
from odoo import http
from odoo.modules import module as odoo_module
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tests.result import OdooTestResult

from . import mutations

PACKAGE = "odoo.addons.paynow_module"
#: Exit codes of a child: of a mutant, or of a class that must be set up again.
SURVIVED, KILLED, AGAIN, BROKEN = 0, 1, 3, 4
_VERDICTS = {SURVIVED: "survived", BROKEN: "failed", None: "timed out"}


def main():
    """Do the job that standard input describes, see `mutants`."""
    job = json.load(sys.stdin)
    _load(job["database"], job["config"])
    run = _map if job["kind"] == "map" else _test
    run(job)


def _load(database, config):
    odoo.tools.config.parse_config(["-c", config, "-d", database])
    logging.disable(logging.CRITICAL)
    threading.current_thread().testing = True
    Registry(database)
    server.load_server_wide_modules()
    odoo.tools.config["test_enable"] = True
    importlib.import_module(f"{PACKAGE}.tests")
    odoo.sql_db.close_all()  # Children open their own.
    gc.freeze()  # A collection in a child would copy all that it shares.


def _get_classes(names):
    """Return the test classes of the modules with these names, by module and name."""
    return {
        f"{name}.{each.__name__}": each
        for module in [*sys.modules.values()]
        if module.__name__.startswith(f"{PACKAGE}.tests.")
        and (name := module.__name__.rpartition(".")[2]) in names
        for each in vars(module).values()
        if isinstance(each, type)
        and issubclass(each, unittest.TestCase | odoo.tests.BaseCase)
        and each.__module__ == module.__name__
    }


def _in_child(task, seconds=None):
    """Run a task in a child and return its exit code; None: it took too long."""
    pid = os.fork()
    if not pid:
        code = BROKEN
        try:
            code = task() or 0
        except BaseException as error:  # Told by the exit code, and in the log.
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(code)
    handle = os.pidfd_open(pid)
    try:
        if not select.select([handle], [], [], seconds)[0]:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return None
    finally:
        os.close(handle)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _set_up(cls, names):
    """Set a test class up, with a server that its children will answer for."""
    server.server = server.ThreadedServer(http.root)
    server.server.httpd = server.ThreadedWSGIServerReloadable(
        "127.0.0.1", 0, server.server.app
    )
    odoo.tools.config["http_port"] = server.server.httpd.server_port
    odoo_module.current_test = cls(names[0])
    cls.setUpClass()
    if hasattr(cls, "env"):
        cls.env.flush_all()
    gc.freeze()


def _in_class(cls, task, seconds=None):
    """Run a task in a child that starts from the class as it was set up.

    :return: its exit code (None: it took too long), and whether the class can go on
    :rtype: tuple[int|None, bool]
    """
    cursor = getattr(cls, "cr", None)
    if cursor:
        cursor.execute("SAVEPOINT paynow_mutant")

    def serve():
        threading.Thread(target=server.server.httpd.serve_forever, daemon=True).start()
        return task()

    code = _in_child(serve, seconds)
    if code is None:
        return None, False
    try:
        if cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT paynow_mutant")
    except odoo.sql_db.psycopg2.Error:
        return code, False
    return code, True


def _run_test(cls, name):
    """Run one test and tell whether it passed."""
    test, result = cls(name), OdooTestResult()
    odoo_module.current_test = test
    test.run(result)
    return result.wasSuccessful() and not result.skipped


def _map(job):
    """Note for each test its seconds and the lines of ours that it reaches."""
    for name, path in job["tests"].items():
        reached = {}
        for label, cls in _get_classes([name]).items():
            names = unittest.TestLoader().getTestCaseNames(cls)
            if names:
                _in_child(lambda c=cls, n=names, lab=label: _map_class(job, c, n, lab))
                for test in names:
                    noted = Path(job["work"], f"{label}.{test}")
                    if noted.exists():
                        reached[f"{label}.{test}"] = json.loads(noted.read_text())
                        noted.unlink()
                    else:  # Nothing is logged here, for one.
                        print(f"{label}.{test} does not pass here", file=sys.stderr)
        Path(path).write_text(json.dumps(reached))


def _map_class(job, cls, names, label):
    _set_up(cls, names)
    for name in names:
        _in_class(cls, lambda n=name: _map_test(job, cls, n, label), 120)


def _map_test(job, cls, name, label):
    tracer = coverage.Coverage(
        data_file=None, config_file=False, include=[f"{job['addon']}/*"]
    )
    tracer.start()
    start = time.monotonic()
    is_passed = _run_test(cls, name)
    seconds = time.monotonic() - start
    tracer.stop()
    data = tracer.get_data()
    lines = {
        os.path.relpath(file, job["addon"]): sorted(data.lines(file))
        for file in data.measured_files()
        if "/tests/" not in file
    }
    if is_passed:
        Path(job["work"], f"{label}.{name}").write_text(json.dumps([seconds, lines]))


def _test(job):
    """Test mutants, class by class, and write down each verdict as it falls."""
    classes = _get_classes(job["test_modules"])
    known = set()

    def note(index, verdict, by=""):
        state = job["digests"].get(by.partition(".")[0], job["state"])
        line = json.dumps([job["mutants"][index]["key"], verdict, by, state])
        with open(job["verdicts"], "a") as file:
            file.write(f"{line}\n")

    for label in job["classes"]:
        while todo := [
            index
            for index, each in enumerate(job["mutants"])
            if index not in known and label in each["tests"]
        ]:
            progress = Path(job["work"], "progress")
            progress.write_text("")
            code = _in_child(
                lambda t=todo, lab=label, p=progress: _test_class(
                    job, classes[lab], lab, t, p, note
                )
            )
            lines = progress.read_text().splitlines()
            for line in lines:
                index, verdict = json.loads(line)
                del job["mutants"][index]["tests"][label]
                if verdict != "survived":
                    known.add(index)
            if code not in (0, AGAIN) and not lines:
                print(f"{label} broke: {code}", file=sys.stderr, flush=True)
                for index in todo:
                    job["mutants"][index]["tests"].pop(label, None)
    for index in range(len(job["mutants"])):
        if index not in known:
            note(index, "survived")


def _test_class(job, cls, label, todo, progress, note):
    names = sorted({n for i in todo for n in job["mutants"][i]["tests"][label]})
    _set_up(cls, names)
    killers = Counter()
    with open(progress, "a", buffering=1) as file:
        for index in todo:
            each, by = job["mutants"][index], Path(job["work"], "by")
            seconds = 30 + 10 * sum(each["tests"][label].values())
            code, is_well = _in_class(
                cls,
                lambda e=each, b=by: _test_mutant(job, cls, label, e, b, killers),
                seconds,
            )
            verdict = _VERDICTS.get(code, "killed")
            test = by.read_text() if code == KILLED else label
            killers[test] += 1
            if verdict != "survived":
                note(index, verdict, test)
            file.write(json.dumps([index, verdict]) + "\n")
            if not is_well:
                return AGAIN
    return 0


def _test_mutant(job, cls, label, each, by, killers):
    mutant = mutations.Mutant(**each["mutant"])
    path = Path(job["addon"], mutant.module)
    name = ".".join([PACKAGE, *Path(mutant.module).with_suffix("").parts])
    mutations.apply(mutant, path.read_text(), sys.modules[name])
    tests = each["tests"][label]
    # What has killed others may kill this one, too.
    for test in sorted(tests, key=lambda t: (-killers[f"{label}.{t}"], tests[t])):
        if not _run_test(cls, test):
            by.write_text(f"{label}.{test}")
            return KILLED
    return SURVIVED


if __name__ == "__main__":
    main()
