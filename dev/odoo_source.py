"""Where Odoo 19 itself comes from."""

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .places import alone, cache, check_room, digest
from .progress import Stop, step

PACKAGES = {
    "sid": (
        "odoo-19",
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
        "fonts-roboto-unhinted",
        "fonts-montserrat",
        "fonts-ocr-b",
    ),
    # sid's newer ones moved the files that Odoo's links point to.
    "bookworm": ("fonts-font-awesome", "fonts-inconsolata"),
}
#: Translations kept: those that the add-on ships or tests, and the ones they build on.
LANGUAGES = {"de", "es", "es_419", "fr", "nl", "pt", "pt_BR"}
SYSTEM = Path("/usr/lib/python3/dist-packages")


@dataclass(frozen=True)
class Odoo:
    """An Odoo 19: the folder to import it from, its add-ons, a key that names it."""

    path: Path
    addons: tuple
    key: str


def find():
    """Return the Odoo 19 to use, fetched if there is none.

    :rtype: Odoo
    """
    chosen = os.environ.get("ODOO_SRC")
    if chosen:
        return _describe(Path(chosen).expanduser().absolute())
    if _is_odoo_19(SYSTEM):
        # A folder of its own: all else in dist-packages would hide the virtualenv.
        folder = cache("odoo", "system")
        if not (folder / "odoo").exists():
            (folder / "odoo").unlink(missing_ok=True)
            (folder / "odoo").symlink_to(SYSTEM / "odoo")
        return _describe(folder)
    with alone("Odoo package"):
        return _describe(_fetch() / SYSTEM.relative_to("/"))


def _is_odoo_19(folder):
    release = folder / "odoo" / "release.py"
    return release.is_file() and bool(
        re.search(r"(?m)^version_info = \(19, 0,", release.read_text())
    )


def _describe(folder):
    if not _is_odoo_19(folder):
        raise Stop(
            f"{folder} holds no Odoo 19.0: ODOO_SRC must be the folder that has"
            " odoo/release.py in it."
        )
    addons = [folder / "addons", folder / "odoo" / "addons"]
    return Odoo(
        path=folder,
        addons=tuple(path for path in addons if path.is_dir()),
        key=digest(folder, folder / "odoo" / "release.py"),
    )


def _fetch():
    """Return the folder with Debian's package of Odoo 19 unpacked."""
    folder = cache("odoo") / f"debian-{digest(PACKAGES, sorted(LANGUAGES))}"
    if folder.exists():
        return folder
    check_room()
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with step("Odoo 19 and its fonts from Debian (130 MB to download)"):
        try:
            fetched = debian.fetch(PACKAGES, partial)
        except Stop as stop:
            if "odoo-19" in str(stop):
                raise Stop(
                    "Debian's unstable suite no longer has odoo-19: set ODOO_SRC to a"
                    " folder that holds Odoo 19."
                ) from None
            raise
        _trim(partial / SYSTEM.relative_to("/"))
        (partial / "packages.json").write_text(json.dumps(fetched, indent=1))
        partial.rename(folder)
    return folder


def _trim(packages):
    """Drop what is never used: 1.3 GB become 0.5 GB."""
    for name in ("addons", "setup", "doc"):
        # Odoo's own build leaves these beside the `odoo` package; nothing imports them.
        shutil.rmtree(packages / name, ignore_errors=True)
    for file in packages.glob("odoo/addons/*/i18n*/*.po"):
        if file.stem not in LANGUAGES:
            file.unlink()
    # Debian leaves this file out, yet the manifest names it: without it every page
    # of the back end ends in an error on the browser's console.
    missing = packages / "odoo/addons/mail/static/lib/selfie_segmentation"
    missing.mkdir(exist_ok=True)
    (missing / "selfie_segmentation.js").touch()
    dangling = [path for path in packages.parents[3].rglob("*") if not path.exists()]
    if dangling:
        raise Stop(
            f"Debian's packages have moved files that Odoo needs ({dangling[0].name}):"
            " set ODOO_SRC to a folder that holds Odoo 19."
        )
