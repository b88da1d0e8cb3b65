"""The linters: each counts as one test."""

import subprocess

from .places import ROOT

LINTERS = {
    "ruff": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "pylint-odoo": ("pylint", "--rcfile=.pylintrc", "paynow_module"),
    # Odoo's own files are headed in lower case.
    "oca-checks": (
        "oca-checks-odoo-module", "--disable=xml-header-wrong", "paynow_module",
    ),
}  # fmt: skip


def lint(stack):
    """Run the linters; what they find goes to standard output.

    :return: how many passed and how many failed
    :rtype: tuple[int, int]
    """
    failed = 0
    for name, (program, *arguments) in LINTERS.items():
        done = subprocess.run(
            [stack.python.parent / program, *arguments],
            cwd=ROOT,
            env=stack.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        good = done.returncode == 0
        failed += not good
        print(f"{name}: {'passed' if good else 'failed'}", flush=True)
        if not good:
            print(done.stdout, flush=True)
    return len(LINTERS) - failed, failed
