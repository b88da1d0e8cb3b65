"""The wheel: complete, and found by an Odoo that knows nothing of this checkout."""

import ast
import shutil
import subprocess
import zipfile

import pytest

from dev import databases
from dev.places import ADDON, ROOT
from dev.running import run

STATE = "SELECT state, latest_version FROM ir_module_module WHERE name = %s"


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
def wheel(stack, sources, tmp_path_factory):
    """A wheel built from those files alone."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ["setup.py", *sources]:
        target = folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    pip = [stack.python, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    run([*pip, "-w", folder, folder / "source"], otherwise="The wheel was not built.")
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_every_file_of_the_addon(wheel, sources):
    """What git has of the add-on is in the wheel, below `odoo/addons`."""
    names = {
        name.removeprefix("odoo/addons/")
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith("odoo/")
    }
    assert names == sources


def test_the_wheel_is_named_after_the_manifest(wheel):
    """Its version is the add-on's own."""
    manifest = ast.literal_eval((ADDON / "__manifest__.py").read_text())
    assert wheel.name == (
        f"odoo_addon_paynow_module-{manifest['version']}-py3-none-any.whl"
    )


def test_odoo_installs_the_addon_from_the_wheel(stack, wheel, tmp_path):
    """In a clean virtualenv the add-on is found and installed, without a checkout."""
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

    database = "paynow_e2e_wheel"
    databases.copy(stack, databases.template(stack), database)
    addons = ",".join(map(str, stack.odoo.addons))
    run(
        [clean, "-m", "odoo", "server", "-d", database, "--addons-path", addons,
         "-i", "paynow_module", "--stop-after-init", "--no-http"],
        cwd=tmp_path,
        env={**stack.environment, "PYTHONPATH": str(stack.odoo.path)},
        otherwise="Odoo did not install the add-on.",
    )  # fmt: skip
    ((state, version),) = stack.query(STATE, "paynow_module", database=database)
    assert (state, version) == ("installed", wheel.name.split("-")[1])
    databases.drop(stack, database)
