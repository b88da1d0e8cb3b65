"""The browser of the tests: the Chromium on the PATH, Debian's where root may ask."""

import os
import shutil

from .progress import Stop, step
from .running import run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = "apt-get install -y chromium"


def find():
    """Return the path of Chromium, installed if need be and allowed.

    :rtype: str
    """
    path = _on_path()
    if path:
        return path
    if os.getuid() or not shutil.which("apt-get"):
        raise Stop(
            f"The browser tests need Chromium: run `sudo {INSTALL}`, then this again."
        )
    with step(f"Chromium from Debian, for this system ({INSTALL})"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        # A slim image has no package lists, an old machine has old ones.
        for command in ("apt-get update", INSTALL):
            run(
                [*command.split(), "-q"],
                env=environment,
                otherwise="Chromium could not be installed: check the network, or"
                f" install it yourself (`{INSTALL}`), then run this again.",
            )
    return _on_path()


def _on_path():
    return next(filter(None, map(shutil.which, NAMES)), None)
