"""What a person sees: a line for each step, a sentence when something is missing."""

import errno
import signal
import sys
import time
from contextlib import contextmanager


class Stop(Exception):
    """A reason to stop that a person can act on: one sentence, what to do included."""


def say(text=""):
    """Print a line to standard error: standard output is for results only."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(title):
    """Show `title` while the block runs, then the seconds that it took."""
    print(f"{title} … ", end="", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say("stopped")
        raise
    say(f"{time.monotonic() - start:.1f} s")


def main(command):
    """Run `command()` as a program: returns never, exits with its code.

    :param callable command: what to do; returns an exit code or None
    """
    # A program that is terminated, or loses its terminal, cleans up as on Ctrl-C.
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        code = command()
    except Stop as stop:
        say(str(stop))
        code = 1
    except KeyboardInterrupt:
        say("Stopped.")
        code = 130
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        say(
            f"The disk is full ({error.filename or 'cache'}): make room, or set"
            " XDG_CACHE_HOME to a folder on a larger disk, then run this again."
        )
        code = 1
    sys.exit(code)
