"""The stand-in for Stripe that other people wrote, for tests only."""

import shutil

from . import virtualenv
from .places import ROOT, alone, cache, digest
from .progress import step

REQUIREMENTS = ROOT / "dev" / "requirements-stripe.txt"


def ready(python):
    """Return the folder that has localstripe, made if need be; put it on PYTHONPATH.

    :param pathlib.Path python: the virtualenv's, with what tests need
    :rtype: pathlib.Path
    """
    with alone("stand-in"):
        folder = cache("standin") / digest(python, REQUIREMENTS)
        if not (folder / ".complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            with step("A stand-in for Stripe"):
                virtualenv.install(
                    python,
                    # It comes as source only, of pure Python.
                    "--no-binary=localstripe", "--no-build-isolation",
                    "--target", folder, "-r", REQUIREMENTS,
                )  # fmt: skip
            (folder / ".complete").touch()
        return folder
