"""A Debian with Odoo's package: files, users, PostgreSQL and processes of its own.

It stands in a folder and leaves the machine as it is. What it lacks is systemd:
`systemctl` is a script there, which asks the init script of the same package.
"""

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest
from ways import Machine

from dev import debian
from dev.places import cache
from dev.progress import step
from dev.server import free_port, wait

#: The suite whose Python Odoo 19 runs on, and the one that has Odoo 19.
SUITES = ("trixie", "sid")
CONFIG = "/etc/odoo/odoo.conf"
#: Becomes the first process, with which all others end: when its input is closed. It
#: is a shell, for those take note of what ends below them, as a first process must.
BOOT = """
mount -t proc proc "$0/proc"
mount -t tmpfs tmpfs "$0/dev/shm"
exec chroot "$0" sh -c "echo up; cat; true"
"""
SYSTEMCTL = """\
#!/bin/sh
exec "/etc/init.d/$2" "$1"
"""
#: The last line is Odoo's package's own, which ran when PostgreSQL did not.
POSTGRESQL = """
set -- $(pg_lsclusters --no-header)
pg_conftool $1 $2 set port 5432
pg_conftool $1 $2 set listen_addresses ''
pg_ctlcluster $1 $2 start
su - postgres -c "createuser -d -R -S odoo"
"""
#: How its Odoo is in use.
BEFORE = "-i account,payment_demo --with-demo --stop-after-init --no-http"
SETTINGS = """
http_interface = 127.0.0.1
http_port = {}
"""


class Debian(Machine):
    """Odoo of Debian's package, and root at the command line.

    :param dev.stack.Stack _stack: nothing of it is used
    :param pathlib.Path _folder: not used: the cache has room for a Debian
    """

    odoo = f"su odoo -s /bin/sh -c 'odoo \"$@\"' -- odoo {{}} -c {CONFIG}"
    copied = "/opt/odoo-addons/paynow_module"

    def __init__(self, _stack, _folder):
        if os.getuid():
            pytest.skip("It takes root to make a Debian of its own.")
        self._root = cache("ways") / "debian"
        self._remove()
        with step("A Debian with Odoo's package (3 GB)"):
            debian.install(["odoo-19", "postgresql"], SUITES, self._root)
        environment = {
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        }
        port = free_port()
        super().__init__(self._root / "srv" / "paynow", port, environment, {})
        systemctl = self._root / "usr" / "local" / "bin" / "systemctl"
        systemctl.write_text(SYSTEMCTL)
        systemctl.chmod(0o755)
        self.configure(SETTINGS.format(port))

    def __enter__(self):
        self._first = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child",
             "sh", "-ec", BOOT, self._root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        # Not before it is in there: else commands would find this machine's files.
        assert self._first.stdout.readline() == "up\n"
        self.run(POSTGRESQL)
        self.run(f"{self.odoo.format('server')} -d <database> {BEFORE}")
        self.run("systemctl start odoo")
        return self

    def __exit__(self, *_exception):
        self._first.communicate()
        self._remove()

    def _remove(self):
        shutil.rmtree(self._root, ignore_errors=True)

    def enter(self, commands):  # noqa: D102
        pid = self._first.pid
        (inner,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [
            *("nsenter", f"--target={inner}", "--mount", "--pid", "--root"),
            *("sh", "-ec", f"cd /srv/paynow\n{commands}"),
        ]

    def configure(self, text):
        """Add settings to Odoo's configuration."""
        with open(f"{self._root}{CONFIG}", "a") as file:
            file.write(text)

    @contextmanager
    def serving(self):
        """Wait until the service answers: the page has started it."""
        wait(self.url, self.log, lambda: self._first.poll() is None)
        yield
