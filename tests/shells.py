"""Scripts in `odoo shell`, as many as a module has, for the price of one start.

A process loads Odoo and waits; each script runs in a fork of it, which knows as little
of those before as a process of its own would.
"""

import json
import os
import subprocess
from tempfile import TemporaryFile

from ledger import fill

from dev.progress import Stop

_SERVE = """
import json, os, sys, traceback
from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry

def run(script):
    registry = Registry(DATABASE).check_signaling()
    registry.clear_all_caches()  # What was read before may have changed.
    with registry.cursor() as cr:
        users = api.Environment(cr, SUPERUSER_ID, {})["res.users"]
        env = api.Environment(cr, SUPERUSER_ID, users.context_get())
        exec(script, {"env": env, "__name__": "__main__"})
        cr.rollback()

env.cr.rollback()
sql_db.close_all()
for line in os.fdopen(REQUESTS):
    pid = os.fork()
    if not pid:
        code = 1
        try:
            for number, file in enumerate(FILES, start=1):
                os.dup2(file, number)
            run(json.loads(line))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(ANSWERS, f"{code}\\n".encode())
os._exit(0)  # Its own connections are closed; the shell would not know.
"""


class Shell:
    """A shell of a database, started by its first script.

    :param dev.stack.Stack stack: the platform
    :param str database: its name
    :param tuple arguments: more of Odoo's own
    """

    def __init__(self, stack, database, arguments=()):
        self._stack, self._database, self._arguments = stack, database, arguments
        self._process = None

    def __call__(self, script):
        """Run Python; return what it printed, read as JSON.

        :param str script: it has `env`, and commits what it wants to keep
        :raise Stop: it failed
        """
        if not self._process:
            self._start()
        for file in self._files:
            file.truncate(0)
            file.seek(0)
        self._requests.write(json.dumps(script) + "\n")
        self._requests.flush()
        code = self._answers.readline().strip()
        printed, said = (self._read(file) for file in self._files)
        if code != "0":
            raise Stop(f"A script in odoo shell failed. (It said: {said or code})")
        return json.loads(printed) if printed.strip() else None

    def _start(self):
        self._files = [TemporaryFile(buffering=0) for _output in range(2)]  # noqa: SIM115
        requests, ours = os.pipe()
        answers, theirs = os.pipe()
        files = [file.fileno() for file in self._files]
        self._process = subprocess.Popen(
            self._stack.command(
                *("shell", "-d", self._database, "--no-http", "--log-level=error"),
                *self._arguments,
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=self._stack.environment,
            pass_fds=(requests, theirs, *files),
        )
        names = {"REQUESTS": requests, "ANSWERS": theirs, "FILES": files}
        serve = fill(_SERVE, DATABASE=self._database, **names)
        self._process.stdin.write(serve.encode())
        self._process.stdin.close()
        os.close(requests)
        os.close(theirs)
        self._requests, self._answers = os.fdopen(ours, "w"), os.fdopen(answers)

    def _read(self, file):
        file.seek(0)
        return file.read().decode()

    def close(self):
        """End the process."""
        if self._process:
            self._requests.close()
            self._process.wait()
            for file in (self._answers, *self._files):
                file.close()
