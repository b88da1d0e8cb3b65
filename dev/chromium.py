"""The browser of the tests: the Chromium on the PATH, Debian's where root may ask."""

import ctypes
import os
import shutil

from .progress import Stop, step
from .running import run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find():
    """Return the path of Chromium, installed if need be and allowed.

    :rtype: str
    """
    missing = _missing_packages()
    if missing:
        _install(missing)
    return _on_path()


def _on_path():
    return next(filter(None, map(shutil.which, NAMES)), None)


def _missing_packages():
    """Return the Debian packages that the browser and its driver lack."""
    missing = [] if _on_path() else ["chromium"]
    try:
        # Playwright brings its own Node, which needs this and does not bring it.
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        missing.append("libatomic1")
    return missing


def _install(packages):
    install = ["apt-get", "install", "-y", *packages]
    command = " ".join(install)
    if os.getuid() or not shutil.which("apt-get"):
        raise Stop(
            "The browser tests need Chromium and its driver's library: run"
            f" `sudo {command}`, then this again."
        )
    with step(f"Packages of Debian for this system ({command})"):
        # A slim image has no package lists, an old machine has old ones.
        for part in (["apt-get", "update"], install):
            run(
                [*part, "-q"],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                otherwise="Chromium could not be installed: check the network, or"
                f" run `{command}` yourself, then run this again.",
            )
