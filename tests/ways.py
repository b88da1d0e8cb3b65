"""Machines on which somebody follows our pages word for word, from nothing.

Each has an Odoo in use that knows nothing of Pay Now, and a clone of this repository;
test money is taken beside demo data only. What a page leaves to its reader, as
`<database>`, is filled in; nothing else of its commands is changed.
"""

import configparser
import json
import re
import shutil
import subprocess
from contextlib import contextmanager

from dev import databases
from dev.places import ADDON, ROOT, cache
from dev.running import run
from dev.server import end, free_port, wait
from dev.stack import LAUNCHER

DATABASE = "paynow_way"
#: What all are updated to: a version newer than any.
LATER = "19.0.99.0.0"
_BLOCK = re.compile(r"(?ms)^```(\w*)\n(.*?)^```$")
_VERSION = re.compile(r'(?<="version": ")[^"]+')


def read(page, heading):
    """Return the blocks of code below a heading: language (commands have none), text.

    :param str page: its path in the repository
    :rtype: list[tuple[str, str]]
    """
    text = (ROOT / page).read_text()
    section = re.search(rf"(?ms)^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text)
    return _BLOCK.findall(section[1])


class Machine:
    """An Odoo in use, and somebody at its command line who has cloned us.

    Another machine overrides what is its own: `odoo`, `enter`, `serving`.

    :param pathlib.Path clone: the clone, made here
    :param int port: where Odoo is to serve
    :param dict environment: of all commands
    :param dict words: what pages leave to their reader, and what it is here
    """

    #: Odoo's command; `{}` stands for what it is to do.
    odoo = "odoo {}"
    #: The folder that the page has the add-on copied to, if it has.
    copied = ""

    def __init__(self, clone, port, environment, words):
        self.clone, self.url = clone, f"http://localhost:{port}"
        self.environment, self.words = environment, {"database": DATABASE, **words}
        self.log = cache("logs") / f"ways_{type(self).__name__.lower()}.log"
        self.log.unlink(missing_ok=True)
        listed = run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"],
            cwd=ROOT,
            otherwise="git cannot list the files of this checkout.",
        )
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).exists():
                (clone / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, clone / name)

    def run(self, commands, text=""):
        """Run commands beside the clone; return what they print.

        :param str commands: lines for a shell
        :param str text: what they read on standard input
        :rtype: str
        """
        commands = self._fill(commands)
        with self.log.open("a") as log:
            print("$", commands, file=log, flush=True)
            done = subprocess.run(
                self.enter(commands), cwd=self.clone, env=self.environment,
                input=text, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        assert not done.returncode, f"{commands}\n{self.log} says why."
        return done.stdout

    def enter(self, commands):
        """Return the program that runs commands there.

        :rtype: list[str]
        """
        return ["sh", "-ec", commands]

    def _fill(self, text):
        for word, meaning in self.words.items():
            text = text.replace(f"<{word}>", str(meaning))
        assert "<" not in text, text
        return text

    def follow(self, page, heading):
        """Do what a section of a page says."""
        for language, text in read(page, heading):
            (self.configure if language == "ini" else self.run)(text)

    def update(self, page, heading):
        """Do what *Update* says: new files in place of the old, the same with `-u`."""
        manifest = self.clone / ADDON.name / "__manifest__.py"
        manifest.write_text(_VERSION.sub(LATER, manifest.read_text()))
        if self.copied:
            self.run(f"rm -r {self.copied}")
        for language, text in read(page, heading):
            if not language:
                self.run(text.replace(" -i ", " -u "))

    def shell(self, script):
        """Run Python in `odoo shell`; return what it prints as JSON, None: nothing."""
        options = "-d <database> --no-http --log-level=error"
        said = self.run(f"{self.odoo.format('shell')} {options}", script)
        return json.loads(said) if said else None

    @contextmanager
    def serving(self):
        """Have Odoo serve for as long as the block runs."""
        command = self._fill(f"exec {self.odoo.format('server')} -d <database>")
        with self.log.open("a") as log:
            process = subprocess.Popen(
                self.enter(command), cwd=self.clone, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        try:
            wait(self.url, self.log, lambda: process.poll() is None)
            yield
        finally:
            end(process)


class Virtualenv(Machine):
    """Odoo in a fresh virtualenv, as `pip install -e` has it there from its source.

    :param dev.stack.Stack stack: the platform: Odoo, its requirements, PostgreSQL
    :param pathlib.Path folder: for all that the machine has
    """

    def __init__(self, stack, folder):
        self._stack = stack
        addons, config, port = folder / "addons", folder / "odoo.conf", free_port()
        addons.mkdir()
        source = _find_source(stack, folder)
        programs = _make_virtualenv(stack, folder / "venv", source)
        settings = configparser.ConfigParser(interpolation=None)
        settings.read(stack.config)
        settings["options"]["addons_path"] = f"{source / 'addons'},{addons}"
        settings["options"]["http_port"] = str(port)
        with config.open("w") as file:
            settings.write(file)
        environment = {
            **stack.environment,
            "ODOO_RC": str(config),
            "PATH": f"{programs}:{stack.environment['PATH']}",
        }
        del environment["PYTHONPATH"]  # That is how our own tools find Odoo.
        words = {
            "source": source,
            "odoo.conf": config,
            "folder of paynow_module's folder": folder / "clone",
            "a folder of your addons_path": addons,
        }
        super().__init__(folder / "clone", port, environment, words)

    def __enter__(self):
        databases.copy(self._stack, databases.template(self._stack), DATABASE)
        return self

    def __exit__(self, *_exception):
        databases.drop(self._stack, DATABASE)


class Source(Virtualenv):
    """Odoo's own `odoo-bin`, where its source lies."""

    odoo = (
        "<source>/odoo-bin {}"
        " --addons-path <source>/addons,<folder of paynow_module's folder>"
    )


class Folder(Virtualenv):
    """Odoo with a folder of add-ons, as README takes it."""

    copied = "<a folder of your addons_path>/paynow_module"


def _find_source(stack, folder):
    """Return a folder with Odoo's source: that of ODOO_SRC, or one laid out like it."""
    if (stack.odoo.path / "odoo-bin").exists():
        return stack.odoo.path
    # A package has the same files, all add-ons in one folder.
    source, package = folder / "source", stack.odoo.path / "odoo"
    own = source / "odoo" / "addons"
    own.mkdir(parents=True)
    (source / "addons").mkdir()
    for path in package.iterdir():
        if path.name != "addons":
            (source / "odoo" / path.name).symlink_to(path)
    for path in (package / "addons").iterdir():
        place = own if path.name == "base" else source / "addons"
        (place / path.name).symlink_to(path)
    shutil.copy(LAUNCHER, source)
    return source


def _make_virtualenv(stack, folder, source):
    """Make a virtualenv with Odoo and `odoo`; return the folder of its programs."""
    subprocess.run([stack.python, "-m", "virtualenv", "-q", folder], check=True)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    requirements, packages = (
        run([python, "-c", where], otherwise="Python is broken.").strip()
        for python in (stack.python, folder / "bin" / "python")
    )
    with open(f"{packages}/odoo.pth", "w") as file:
        file.write(f"{requirements}\n{source}\n")
    shutil.copy(LAUNCHER, folder / "bin" / "odoo")
    return folder / "bin"
