"""The wheel: complete, and found by an Odoo that knows nothing of this checkout."""

import ast
import re
import shutil
import subprocess
import zipfile

import pytest
from visitor import Visitor

from dev import databases
from dev.places import ADDON, ROOT, cache
from dev.running import run
from dev.server import serving
from dev.stack import Stack

STATE = "SELECT state, latest_version FROM ir_module_module WHERE name = %s"
PAID = """
    SELECT payment.amount, move.amount_residual
      FROM account_move AS move
      JOIN account_move__account_payment AS link ON link.invoice_id = move.id
      JOIN account_payment AS payment ON payment.id = link.payment_id
     WHERE move.name = %s
"""
STYLE = re.compile(r'href="(/web/assets/[^"]*assets_frontend[^"]*\.css)"')


class Bought(Stack):
    """The platform of somebody who has the wheel and not this checkout."""

    def command(self, *arguments):
        """Return Odoo's own command, which finds add-ons where Python does."""
        addons = ",".join(map(str, self.odoo.addons))
        first, *others = map(str, arguments)
        return [
            *(str(self.python), "-m", "odoo"),
            *(first, "--addons-path", addons, *others),
        ]


@pytest.fixture(scope="module")
def sources():
    """The add-on's files that git knows or would know, by path from the repository."""
    listed = run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z", "paynow_module"],
        cwd=ROOT,
        otherwise="git cannot list the files of this checkout.",
    )
    return {name for name in listed.split("\0") if name and (ROOT / name).exists()}


@pytest.fixture(scope="module")
def folder(sources, tmp_path_factory):
    """A folder with those files alone, and what makes a wheel of them."""
    folder = tmp_path_factory.mktemp("source")
    for name in ["setup.py", *sources]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(stack, folder):
    """The wheel that setuptools make."""
    return build(stack, folder, "--no-build-isolation")


def build(stack, folder, *options):
    """Build a wheel of a folder and return its path."""
    pip = [stack.python, "-m", "pip", "wheel", "--no-deps", *options]
    target = folder / "dist"
    run([*pip, "-w", target, folder], otherwise="The wheel was not built.")
    (path,) = target.glob("*.whl")
    return path


def read_names(wheel):
    """Return the add-on's files in a wheel, by path from the repository."""
    return {
        name.removeprefix("odoo/addons/")
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith("odoo/")
    }


def test_the_wheel_holds_every_file_of_the_addon(wheel, sources):
    """What git has of the add-on is in the wheel, below `odoo/addons`."""
    assert read_names(wheel) == sources


@pytest.mark.long
def test_whool_makes_the_same_wheel(stack, folder, wheel):
    """By its name and files, but for the one that tells pip of whool."""
    other = build(stack, folder / "paynow_module")
    assert other.name == wheel.name
    assert read_names(other) == read_names(wheel) - {"paynow_module/pyproject.toml"}


def test_the_wheel_is_named_after_the_manifest(wheel):
    """Its version is the add-on's own."""
    manifest = ast.literal_eval((ADDON / "__manifest__.py").read_text())
    assert wheel.name == (
        f"odoo_addon_paynow_module-{manifest['version']}-py3-none-any.whl"
    )


def test_an_addon_from_the_wheel_takes_a_payment(stack, wheel, tmp_path):
    """In a clean virtualenv it is found and installed, and an invoice paid with it."""
    clean = tmp_path / "venv" / "bin" / "python"
    subprocess.run([stack.python, "-m", "venv", "--without-pip", clean.parents[1]])
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    requirements, packages = (
        run([python, "-c", where], otherwise="Python is broken.").strip()
        for python in (stack.python, clean)
    )
    with open(f"{packages}/requirements.pth", "w") as file:
        file.write(requirements)
    pip = [stack.python, "-m", "pip", "--python", clean, "install", "--no-index"]
    run([*pip, "--no-deps", wheel], otherwise="The wheel was not installed.")

    database, log = "paynow_e2e_wheel", cache("logs") / "wheel.log"
    databases.copy(stack, databases.template(stack), database)
    environment = {**stack.environment, "PYTHONPATH": str(stack.odoo.path)}
    bought = Bought(stack.odoo, clean, stack.config, environment)
    bought.run_odoo(
        "server", "-d", database, "-i", "paynow_module", "--with-demo",
        "--stop-after-init", "--no-http",
        log=log, cwd=tmp_path, otherwise="Odoo did not install the add-on.",
    )  # fmt: skip
    ((state, version),) = stack.query(STATE, "paynow_module", database=database)
    assert (state, version) == ("installed", wheel.name.split("-")[1])

    with serving(bought, database, log=log) as server:
        visitor = Visitor(server.url)
        visitor.look_up("billing@blueharbor.example.com", "Inv123", "100.00").pay()
        (style,) = {*STYLE.findall(visitor.open("/PAYNOW").text)}
        assert "o_paynow" in visitor.open(style).text  # Its static files are there.
    assert stack.query(PAID, "Inv123", database=database) == [["100.00", "0.00"]]
    (paths,) = {*re.findall(r"addons paths: (.*)", log.read_text())}
    assert packages in paths and str(ROOT) not in paths
    databases.drop(stack, database)
