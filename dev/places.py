"""Where things are: the repository, the cache that all checkouts share."""

import fcntl
import hashlib
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from .progress import Stop, step

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "paynow_module"
#: Bytes that the platform takes at its first start, with room to work.
NEEDED = 3 * 1024**3


def cache(*parts):
    """Return a folder of the cache, made if need be.

    :param str parts: folder names below the cache's own
    :rtype: pathlib.Path
    """
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base).absolute().joinpath("paynow", *parts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except PermissionError:
        raise Stop(
            f"The folder {folder} cannot be written: set XDG_CACHE_HOME to one"
            " that can."
        ) from None
    return folder


def digest(*things):
    """Return a short hash of strings and files, for a name that changes with them.

    :param things: strings, and paths: of a file its content counts
    :rtype: str
    """
    total = hashlib.sha256()
    for thing in things:
        is_file = isinstance(thing, Path) and thing.is_file()
        data = thing.read_bytes() if is_file else str(thing).encode()
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()[:12]


@contextmanager
def alone(name):
    """Keep other commands on this cache out of the block, or wait for them.

    :param str name: what only one may do at a time
    """
    with open(cache("locks") / name, "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step(f"Another command is busy with the {name}: waiting for it"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def check_room():
    """Refuse to begin a large download on a nearly full disk."""
    free = shutil.disk_usage(cache()).free
    if free < NEEDED:
        raise Stop(
            f"Pay Now needs {NEEDED / 1024**3:.0f} GB in {cache()}, only"
            f" {free / 1024**3:.1f} GB are free: make room, or set XDG_CACHE_HOME"
            " to a folder on a larger disk."
        )
