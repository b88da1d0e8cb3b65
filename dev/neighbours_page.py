"""`docs/neighbours.md`: what the last run of each set of other add-ons has seen."""

import json
from datetime import date

from .places import ROOT, cache
from .running import write

PAGE = ROOT / "docs" / "neighbours.md"
CHECKS = ("loads", "our tests", "a guest pays", "forms", "mails", "uninstalled")
TOP = """\
# Beside other add-ons

Companies run Odoo with dozens of other add-ons. `bin/test neighbours` installs sets of
them beside Pay Now, each set in a database with demo data, and looks at what people do.
This page is written by it; [the table](../dev/neighbours.ini) names the sets and
versions. OCA's add-ons come from PyPI (`odoo-addon-*`), Odoo's own with Odoo 19.0.

| column | what was tried |
|---|---|
| loads | all of the set is installed and Pay Now updated beside it; no warning or \
error of Odoo's log is about Pay Now |
| our tests | those of our unit tests that touch the subject (`--unit`: all of them) |
| a guest pays | on a live server: number and address, checkout, payment, entry in the \
books |
| forms | invoice, client, provider, transaction, payment and both settings open |
| mails | new invoice, reminder and account summary arrive by SMTP, with their links |
| uninstalled | Pay Now taken away: the others' tables, views and data are all there, \
no menu leads to our page, the screens open |

A set fails as a whole: *passed* of an add-on says that it was in a set that passed.
"""


def keep(name, addons, results, minutes):
    """Keep the results of a set until its next run.

    :param str name: the set's
    :param dict addons: what was in it, with versions
    :param dict results: by check, `passed` or what was wrong
    :param float minutes: how long it took
    """
    known = _read()
    known[name] = {
        "addons": addons,
        "results": results,
        "minutes": minutes,
        "date": str(date.today()),
    }
    write(_get_path(), json.dumps(known, indent=1))


def write_page(sets, table):
    """Write the page from the last result of each set.

    :param dict sets: the sets of the table
    :param configparser.ConfigParser table: the whole table
    """
    # What was tried is no longer what the table names: then nothing is known.
    known = {
        name: run
        for name, run in _read().items()
        if name in sets and run["addons"] == sets[name]
    }
    notes = dict(table["notes"])
    rows = [
        [name, len(_get_modules(addons))] + _describe(known.get(name))
        for name, addons in sets.items()
    ]
    parts = [TOP, "## Sets\n"]
    parts += _make_table(["set", "add-ons", *CHECKS, "minutes", "on"], rows)
    total = {module for addons in sets.values() for module in _get_modules(addons)}
    tried = {module for run in known.values() for module in _get_modules(run["addons"])}
    parts.append(
        f"\n{len(sets)} sets, {len(total)} add-ons; {len(known)} sets with"
        f" {len(tried)} add-ons were tried, in"
        f" {sum(run['minutes'] for run in known.values()):.0f} minutes.\n"
    )
    parts.append("## Add-ons\n")
    parts += _make_table(
        ["add-on", "version", "set", "result", "note"],
        sorted(
            [
                f"`{module}`",
                "Odoo's own" if version == "odoo" else version,
                name,
                _sum_up(known.get(name)),
                notes.get(module, ""),
            ]
            for name, addons in sets.items()
            for module, version in _get_modules(addons).items()
        ),
    )
    others = {
        module: words
        for module, words in notes.items()
        if not any(module in addons for addons in sets.values())
    }
    if others:
        parts.append("\n## Left out\n")
        parts += _make_table(
            ["add-on", "why"],
            [[f"`{module}`", words] for module, words in others.items()],
        )
    write(PAGE, "\n".join(parts) + "\n")


def _get_modules(addons):
    """Return the add-ons of a set, and their versions."""
    return {name: version for name, version in addons.items() if name != "tests"}


def _describe(run):
    """Return the cells of a set's results."""
    if not run:
        return ["not run"] + [""] * (len(CHECKS) + 1)
    results = [run["results"].get(check, "") for check in CHECKS]
    return [*results, run["minutes"], run["date"]]


def _sum_up(run):
    """Return the result of each add-on of a set."""
    if not run:
        return "not run"
    results = run["results"].values()
    return "passed" if all(r.startswith("passed") for r in results) else "see the set"


def _make_table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines]


def _read():
    path = _get_path()
    return json.loads(path.read_text()) if path.exists() else {}


def _get_path():
    return cache("reports") / "neighbours.json"
