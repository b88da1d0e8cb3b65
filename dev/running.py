"""Running other programs."""

import os
import subprocess
import tempfile
from pathlib import Path

from .progress import Stop


def run(command, *, otherwise, text=None, **options):
    """Run a program to its end and return what it wrote to standard output.

    :param list command: program and arguments
    :param str otherwise: the sentence shown, with the last words of the
        program, when it fails
    :param str text: what it reads on standard input
    :raise Stop: the program is missing or failed
    """
    options.setdefault("stdin", None if text is not None else subprocess.DEVNULL)
    if text is not None:
        options.pop("stdin")
        options["input"] = text
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            **options,
        )
    except FileNotFoundError:
        raise Stop(f"{otherwise} ({command[0]} is not installed.)") from None
    if done.returncode:
        raise Stop(f"{otherwise} (It said: {_last_words(done)})")
    return done.stdout


def _last_words(done):
    lines = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()
    return next((line for line in lines if line.startswith("E: ")), lines[-1]).strip()


def write(path, content):
    """Write a file so that a reader sees all of it or none."""
    path = Path(path)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        file.write(content)
    os.replace(file.name, path)


def without_python_settings():
    """Return the environment less what would bend another Python's imports."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "ODOO_RC")
    }
