"""`README.rst` of the add-on, made from the fragments in its `readme` folder.

A hook of pre-commit runs this, in an environment with pypandoc.
"""

import ast

import pypandoc

from .places import ADDON

#: Fragments in OCA's order, and the headings that they stand under.
FRAGMENTS = {
    "DESCRIPTION": None,
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known issues / Roadmap",
    "HISTORY": "Changelog",
    "CONTRIBUTORS": "Contributors",
}


def make():
    """Write the file; what differs is pre-commit's to tell."""
    manifest = ast.literal_eval((ADDON / "__manifest__.py").read_text())
    title = manifest["name"]
    parts = [f"{'=' * len(title)}\n{title}\n{'=' * len(title)}\n"]
    for name, heading in FRAGMENTS.items():
        fragment = ADDON / "readme" / f"{name}.md"
        if not fragment.exists():
            continue
        if heading:
            parts.append(f"{heading}\n{'=' * len(heading)}\n")
        parts.append(
            pypandoc.convert_file(
                fragment, "rst", format="markdown", extra_args=["--columns=80"]
            )
        )
    (ADDON / "README.rst").write_text("\n".join(parts))


if __name__ == "__main__":
    make()
