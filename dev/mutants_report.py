"""What `bin/test mutants` prints: a table, and what nothing noticed."""

import difflib
from collections import Counter, defaultdict

from .places import ADDON


def show(mutants, known):
    """Print the table and each survivor's change; return the counts.

    :param list mutants: each with its `key`, the `mutant` and the text `changed`
    :param dict known: their verdicts, by key
    :rtype: Counter
    """
    rows, total = defaultdict(Counter), Counter()
    for each in mutants:
        verdict = known.get(each["key"], "not tested")
        rows[each["mutant"]["module"]][verdict] += 1
        if verdict not in ("killed", "timed out"):
            _print_survivor(each, verdict)
    kinds = ("killed", "timed out", "survived", "failed", "not tested")
    print("| module | mutants |", " | ".join(kinds), "|")
    print("|---" * (len(kinds) + 2) + "|")
    for name, row in [*sorted(rows.items()), ("all", sum(rows.values(), Counter()))]:
        print(
            f"| {name} | {row.total()} |", " | ".join(str(row[k]) for k in kinds), "|"
        )
        total = row
    killed = total["killed"] + total["timed out"]
    return Counter(passed=killed, failed=total.total() - killed)


def _print_survivor(each, verdict):
    mutant = each["mutant"]
    source = (ADDON / mutant["module"]).read_text()
    change = [
        line
        for line in difflib.unified_diff(
            source.splitlines(), each["changed"].splitlines(), n=0, lineterm=""
        )
        if not line.startswith(("---", "+++", "@@"))
    ]
    print(f"{mutant['module']}:{mutant['line']} {verdict} {each['reaching']} tests"
          f" that reach it ({mutant['operator']})")  # fmt: skip
    print("\n".join(f"    {line}" for line in change), flush=True)
