"""`bin/odoo`: Odoo's own command with our paths and configuration."""

import signal
import subprocess
import sys

from .stack import ready


def odoo():
    """Run Odoo with our arguments, standard input and output."""
    with ready() as stack:
        program = subprocess.Popen(stack.command(*sys.argv[1:]), env=stack.environment)
        # The terminal's Ctrl-C reaches Odoo too: it decides, we wait for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_signal: program.terminate())
        return program.wait()
