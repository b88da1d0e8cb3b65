"""`bin/bench`: rows of figures, ours and Odoo's own interleaved in the same run.

bin/bench            all rows, the table, docs/benchmarks.md and its plots
bin/bench ROW …      some of them; what other runs have measured is kept
bin/bench report     the documents anew, from what was measured
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent)]

import answer  # noqa: E402
import autopay  # noqa: E402
import costs  # noqa: E402
import index  # noqa: E402
import items  # noqa: E402
import mails  # noqa: E402
import report  # noqa: E402
import web  # noqa: E402
import weight  # noqa: E402
import workers  # noqa: E402

from dev.places import ROOT, cache  # noqa: E402
from dev.progress import main, say  # noqa: E402
from dev.running import write  # noqa: E402
from dev.stack import ready  # noqa: E402

#: Rows in the order in which they are measured.
ROWS = {
    "pages": web.measure_pages,
    "lookup": web.measure_lookup,
    "index": index.measure_index,
    "route": web.measure_route,
    "payment": web.measure_payment,
    "answer": answer.measure_answer,
    "items": items.measure_items,
    "injection": mails.measure_injection,
    "summary": mails.measure_summary,
    "runs": mails.measure_runs,
    "autopay": autopay.measure_autopay,
    "weight": weight.measure_weight,
    "costs": costs.measure_costs,
    "workers": workers.measure_workers,
    "slow": workers.measure_slow,
    "load": workers.measure_load,
}


def bench():
    """Measure the rows; return 1 where one of them could not be measured."""
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("rows", nargs="*", metavar="ROW")
    parser.add_argument(
        "--times", type=int, default=100, help="requests a contender (default: 100)"
    )
    parser.add_argument(
        "--minutes", type=float, default=10, help="of the load (default: 10)"
    )
    options = parser.parse_args()
    failed = []
    git = subprocess.run(
        ["git", "-C", ROOT, "describe", "--always", "--dirty"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    commit = git.stdout.strip()
    with ready(testing=True) as stack:
        for row in options.rows or ROWS:
            if row == "report":
                continue
            say(f"{row} …")
            start = time.monotonic()
            try:
                series = ROWS[row](stack, options)
            except Exception as error:  # noqa: BLE001  The other rows go on.
                reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
                say(f"{row} could not be measured: {reason}")
                keep_failure(row, reason)
                failed.append(row)
                continue
            keep(row, series, commit)
            say(f"{row} took {time.monotonic() - start:.0f} s")
        rows = read_rows()
        print(report.table(rows), flush=True)
        if not options.rows or "report" in options.rows:
            report.write_documents(stack, rows)
    return 1 if failed else 0


def keep(row, series, commit):
    """Write what was measured, with what it was measured on."""
    content = {
        "commit": commit,
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "load": os.getloadavg()[0],
        "series": series,
    }
    write(cache("bench") / f"{row}.json", json.dumps(content))


def keep_failure(row, reason):
    """Write beside what an earlier run has measured that this one could not."""
    path = cache("bench") / f"{row}.json"
    content = json.loads(path.read_text()) if path.exists() else {"series": {}}
    write(path, json.dumps({**content, "failed": reason}))


def read_rows():
    """Return what was measured, by row.

    :rtype: dict[str, dict]
    """
    return {
        path.stem: json.loads(path.read_text())
        for path in sorted(cache("bench").glob("*.json"))
    }


if __name__ == "__main__":
    main(bench)
