"""`bin/bench`: what the add-on costs, measured beside what Odoo itself costs."""

import signal
import subprocess
import sys

from .places import ROOT
from .stack import ready


def bench():
    """Run the benchmark in the virtualenv; return its exit code."""
    with ready(testing=True) as stack:
        program = subprocess.Popen(
            [str(stack.python), ROOT / "tests" / "bench", *sys.argv[1:]],
            env=stack.environment,
        )
        # The terminal's Ctrl-C reaches it too: it ends its servers, we wait for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_signal: program.terminate())
        return program.wait()
