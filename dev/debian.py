"""Debian packages fetched and unpacked without touching the system's own apt.

apt keeps its whole state below our cache and checks Debian's signature as ever;
no root is needed. The mirror is the one that the machine itself uses.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .places import alone, cache
from .progress import Stop
from .running import run

KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
)
NETWORK = (
    "Debian's package archive did not answer: check the network (and apt's proxy"
    " settings, which are used here too), then run this again."
)


def fetch(packages, folder):
    """Download packages and unpack them into `folder`.

    :param dict packages: for each suite (str) the names of packages to take from it
    :param pathlib.Path folder: receives the packages' files
    :return: the SHA-256 of each package by its file's name (with its version)
    :rtype: dict[str, str]
    """
    with alone("Debian archive"):
        return _fetch(packages, folder)


def install(packages, suites, folder):
    """Have apt install packages, and all they need, in a Debian below a folder.

    That folder is a root of its own; it takes root to make it, for the scripts of the
    packages run in there.

    :param packages: their names
    :param suites: where they come from: the first, the others for what it lacks
    :param pathlib.Path folder: made
    """
    with tempfile.TemporaryDirectory(dir=cache()) as tools:
        fetch({"sid": ["mmdebstrap"]}, Path(tools))
        settings = Path(tools, "apt.conf")
        default = f'APT::Default-Release "{suites[0]}";'
        settings.write_text("\n".join([*_read_network_settings(), default, ""]))
        source = _find_source()
        run(
            ["perl", f"{tools}/usr/bin/mmdebstrap", "--mode=root", "--variant=apt",
             f"--include={','.join(packages)}", f"--aptopt={settings}",
             "--dpkgopt=force-unsafe-io", suites[0], folder,
             *(f"{source} {suite} main" for suite in suites)],
            otherwise=f"{', '.join(packages)} could not be installed from Debian.",
        )  # fmt: skip


def _fetch(packages, folder):
    home = cache("apt")
    try:
        environment = {"APT_CONFIG": str(_configure(home, packages)), "LC_ALL": "C"}
        downloads = home / "downloads"
        downloads.mkdir()
        apt = {"otherwise": NETWORK, "env": {**os.environ, **environment}}
        run(["apt-get", "-q", "update", "--error-on=any"], **apt)
        wanted = [f"{name}/{suite}" for suite in packages for name in packages[suite]]
        run(["apt-get", "-q", "download", *wanted], cwd=downloads, **apt)
        files = sorted(downloads.glob("*.deb"))
        for file in files:
            run(["dpkg", "-x", file, folder], otherwise=f"{file.name} is damaged.")
        return {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files
        }
    finally:
        shutil.rmtree(home)


def _configure(home, suites):
    """Write apt's configuration: a state of our own, the machine's network settings."""
    if not shutil.which("apt-get"):
        raise Stop(
            "Odoo 19 is fetched with Debian's apt-get, which this machine lacks: set"
            " ODOO_SRC to a folder that holds Odoo 19."
        )
    source = _find_source()
    shutil.rmtree(home)
    for name in ("state/lists/partial", "cache/archives/partial", "empty"):
        (home / name).mkdir(parents=True)
    (home / "status").touch()
    (home / "sources.list").write_text(
        "".join(f"{source} {suite} main\n" for suite in suites)
    )
    settings = {
        "Dir::State": home / "state",
        "Dir::State::status": home / "status",
        "Dir::Cache": home / "cache",
        "Dir::Etc::SourceList": home / "sources.list",
        "Dir::Etc::SourceParts": home / "empty",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": home / "empty",
        "Dir::Etc::Main": "/dev/null",
        "Dir::Etc::Parts": home / "empty",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    own = [f'{name} "{value}";' for name, value in settings.items()]
    config = home / "apt.conf"
    config.write_text("\n".join([*_read_network_settings(), *own, ""]))
    return config


def _read_network_settings():
    """Return the lines of this machine's apt on proxies, checks and the like."""
    return [
        line
        for line in _apt_says("apt-config", "dump").splitlines()
        if line.startswith("Acquire::") and "Acquire::Languages" not in line
    ]


def _apt_says(*command):
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ).stdout


def _find_source():
    """Return the start of apt's line for Debian: its keys and its mirror."""
    keyring = next((path for path in KEYRINGS if Path(path).exists()), None)
    if not keyring:
        raise Stop(
            "Debian's signing keys are missing: install the package"
            " debian-archive-keyring, or set ODOO_SRC to a folder that holds Odoo 19."
        )
    return f"deb [signed-by={keyring}] {_find_mirror()}"


def _find_mirror():
    """Return the address of the Debian archive that this machine's apt uses."""
    form = "$(ORIGIN) $(REPO_URI)"
    for line in _apt_says(
        "apt-get", "indextargets", "--format", form, "Created-By: Packages"
    ).splitlines():
        origin, _, address = line.partition(" ")
        if origin == "Debian" and "security" not in address:
            return address
    # Without downloaded lists (a slim image) apt itself has nothing to tell.
    etc = Path("/etc/apt")
    files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]
    text = "\n".join(
        re.sub(r"(?m)^\s*#.*$", "", file.read_text())
        for file in files
        if file.suffix in (".list", ".sources") and file.is_file()
    )
    named = re.search(r"(?m)^(?:deb\s|URIs:)(?:.*\s)?(\S+/debian/?)(?:\s|$)", text)
    if named:
        return named.group(1)
    raise Stop(
        "No Debian mirror was found in this machine's apt settings: set ODOO_SRC to a"
        " folder that holds Odoo 19."
    )
