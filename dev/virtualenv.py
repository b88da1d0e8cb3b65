"""The virtualenv that Odoo and the tests run in."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import debian
from .places import ROOT, alone, cache, digest
from .progress import Stop, step
from .running import run, without_python_settings, write

RUNTIME = ROOT / "dev" / "requirements.txt"
TESTING = ROOT / "dev" / "requirements-test.txt"
#: Of npm: Odoo mirrors its styles with the first for languages that read from right to
#: left, the tests hold our pages against the HTML standard with the second.
OF_NPM = ("rtlcss@4.3.0", "html-validate@11.21.1")
SUPPORTED = ((3, 10), (3, 13))
# Seen through links: a Python has many names, and one virtualenv will do.
_ABOUT = """
import json, os, sys
print(json.dumps([os.path.realpath(sys._base_executable), *sys.version_info[:3]]))
"""


def ready(testing=False):
    """Return the Python of our virtualenv, made if need be.

    :param bool testing: whether the test runners and linters are needed too
    :rtype: pathlib.Path
    """
    base, version = _find_python()
    with alone("virtualenv"):
        return _make_ready(base, version, testing)


def _make_ready(base, version, testing):
    folder = cache("venv") / f"{version}-{digest(base, RUNTIME)}"
    python = folder / "bin" / "python"
    if not (folder / ".complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        with step(f"Virtualenv with Odoo's requirements (Python {version})"):
            _create(base, folder)
            install(python, "-r", RUNTIME)
            (folder / ".complete").touch()
    stamp, wanted = folder / ".testing", digest(TESTING, *OF_NPM)
    if testing and not (stamp.exists() and stamp.read_text() == wanted):
        with step("Test runners and linters"):
            install(python, "-r", TESTING)
            _install_of_npm(folder, OF_NPM)
            write(stamp, wanted)
    return python


def install(python, *what):
    """Install Python packages from wheels, exactly those named.

    :param pathlib.Path python: the virtualenv's
    :param what: pip's arguments
    """
    run(
        [python, "-m", "pip", "install", "-q", "--no-input", "--no-deps",
         "--only-binary=:all:", "--disable-pip-version-check", *what],
        otherwise="Python packages could not be installed: check the network (and"
        " pip's index and proxy settings), then run this again.",
        env=without_python_settings(),
    )  # fmt: skip


def _install_of_npm(folder, packages):
    """Install programs of npm beside those of the virtualenv, by its own Node.js.

    :param pathlib.Path folder: the virtualenv's
    :param packages: names, each with its version
    """
    run(
        [folder / "bin" / "npm", "install", "--global", f"--prefix={folder}",
         "--ignore-scripts", "--no-audit", "--no-fund", "--silent", *packages],
        otherwise=f"{' and '.join(packages)} could not be installed: check the network"
        " (and npm's registry and proxy settings), then run this again.",
        env={
            **without_python_settings(),
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "npm_config_cache": str(cache("pre-commit", "npm")),
        },
    )  # fmt: skip


def _find_python():
    """Return the path and the version of a Python that Odoo 19 runs on."""
    names = ["python3.11", "python3.12", "python3.13", "python3.10"]
    for name in (sys.executable, *names):
        if not shutil.which(name):
            continue
        told = subprocess.run(
            [name, "-c", _ABOUT],
            capture_output=True,
            text=True,
            env=without_python_settings(),
        )
        if told.returncode == 0:
            base, *version = json.loads(told.stdout)
            if SUPPORTED[0] <= tuple(version[:2]) <= SUPPORTED[1]:
                return base, ".".join(map(str, version))
    raise Stop(
        "Odoo 19 needs Python 3.10 to 3.13, none was found: install one of them"
        " (Debian 12: apt-get install python3), then run this again."
    )


def _create(base, folder):
    """Make a virtualenv with pip, on a Debian without python3-venv too."""
    environment = without_python_settings()
    run(
        [base, "-m", "venv", "--without-pip", folder],
        otherwise="The virtualenv could not be made.",
        env=environment,
    )
    python = folder / "bin" / "python"
    bundled = subprocess.run(
        [python, "-m", "ensurepip"], capture_output=True, env=environment
    )
    if bundled.returncode == 0:
        return
    # Debian keeps pip in a package of its own: borrow it from there.
    borrowed = cache("venv", "pip.partial")
    try:
        debian.fetch({"sid": ["python3-pip-whl"]}, borrowed)
        (wheel,) = Path(borrowed).glob("usr/share/python-wheels/pip-*.whl")
        run(
            [python, wheel / "pip", "install", "-q", "--no-index", "--no-deps", wheel],
            otherwise="pip could not be installed from Debian's python3-pip-whl.",
            env={**environment, "PIP_CONFIG_FILE": os.devnull},
        )
    finally:
        shutil.rmtree(borrowed)
