"""The versions of the add-on before this one, as git has them."""

import re
import subprocess
import tarfile
from io import BytesIO

from dev.places import ROOT
from dev.running import run

MANIFEST = "paynow_module/__manifest__.py"
_HEADING = re.compile(r"^## (19\.0\.\d+\.\d+\.\d+)$", re.MULTILINE)
_VERSION = re.compile(r'"version": "([^"]+)"')
#: The newest first.
NAMED = _HEADING.findall((ROOT / "CHANGELOG.md").read_text())


def older():
    """Return the versions that CHANGELOG names below the newest, the newest first.

    :rtype: list[str]
    """
    return NAMED[1:]


def check_out(version, folder):
    """Write the add-on into a folder as it was at last under a version.

    :param str version: one that CHANGELOG names
    :param pathlib.Path folder: becomes a folder of add-ons
    """
    commit = _find(version)
    archive = subprocess.run(
        ["git", "archive", commit, "paynow_module"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")


def _find(version):
    """Return the last commit with this version: the one before the next version's."""
    changes = _git(
        "log", "--first-parent", "--format=%H", '-G"version": ', "--", MANIFEST
    )
    for commit in changes.split():
        before = _git("rev-list", "--max-count=1", "--first-parent", f"{commit}~1")
        if version in _VERSION.findall(_git("show", f"{before.strip()}:{MANIFEST}")):
            return before.strip()
    raise AssertionError(f"git has no {version}: is this a shallow clone?")


def _git(*arguments):
    return run(["git", *arguments], cwd=ROOT, otherwise="git has no such history.")
