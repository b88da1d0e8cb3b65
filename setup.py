"""The add-on as a wheel, for those who install theirs with pip.

`pip wheel .` makes it; in an Odoo's virtualenv Odoo finds it by itself, for
`odoo.addons` is a namespace package.
"""

import ast
from pathlib import Path

from setuptools import setup

ADDON = Path(__file__).parent / "paynow_module"
MANIFEST = ast.literal_eval((ADDON / "__manifest__.py").read_text())
PACKAGE = "odoo.addons.paynow_module"

setup(
    name="odoo-addon-paynow_module",
    version=MANIFEST["version"],
    description=MANIFEST["summary"],
    author=MANIFEST["author"],
    license="LGPL-3.0-or-later",
    python_requires=">=3.10",
    # Odoo itself is no requirement: PyPI does not have it.
    install_requires=[],
    packages=[PACKAGE],
    package_dir={PACKAGE: "paynow_module"},
    # All of it: views, translations, scripts and pictures as well as code.
    package_data={
        PACKAGE: [
            str(path.relative_to(ADDON))
            for path in ADDON.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        ]
    },
    zip_safe=False,
)
