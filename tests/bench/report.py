"""What is written of the figures: the table, docs/benchmarks.md and its plots."""

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from string import Template

import plots
from index import SIZES
from items import COUNTS, STEPS
from measuring import p95, ratio

from dev.places import ROOT
from dev.running import write

DOCS = ROOT / "docs"
TEXT = Path(__file__).with_name("benchmarks.template.md")


@dataclass(frozen=True)
class Line:
    """One line of the table: which figures of a row stand against which, and the goal.

    `at_least` turns the goal round; `unit` is ms unless told.
    """

    what: str
    row: str
    ours: str
    against: str
    theirs: str
    goal: float
    at_least: bool = False
    unit: str = "ms"


NOT_MEASURED = (
    "Not measured in these runs: `bin/bench load slow` wants a machine of its own for"
    " a quarter of an hour."
)
GUEST = "Odoo's guest invoice page"
#: Of the requests of a whole payment, that in which Odoo posts it.
POLLS = {"ours": 7, "theirs": 4}
LINES = (
    Line("`GET /PAYNOW`", "pages", "page", "`/contactus`, cached", "cached", 0.7),
    Line("`GET /PAYNOW`", "pages", "page", GUEST, "guest", 0.25),
    Line("checkout page", "pages", "checkout", GUEST, "guest", 0.5),
    Line("look-up, 1,000,000 invoices", "lookup", "large", "1,000", "small", 1.05),
    Line(
        "transaction route with the guard", "route", "ours",
        "Odoo's `/invoice/transaction`", "theirs", 1.2,
    ),
    Line(
        "whole payment, first page to receipt", "payment", "ours",
        "Odoo's guest flow, link to paid", "theirs", 0.9,
    ),
    Line(
        "the same without Odoo's posting", "payment", "ours, posting apart",
        "the same", "theirs, posting apart", 0.7,
    ),
    Line(
        "from the provider's answer to the payer's", "answer", "ours",
        "Odoo's guest flow", "theirs", 0.2,
    ),
    Line(
        "20 invoices in one payment", "items", "20 whole", "1 invoice", "1 whole", 2.0,
    ),
    Line(
        "its queries", "items", "20 whole, queries", "1 invoice", "1 whole, queries",
        2.0, unit="queries",
    ),
    Line("invoice mail with the button", "injection", "ours", "without", "theirs", 1.1),
    Line("account summary", "summary", "ours", "Odoo's invoice mail", "theirs", 0.8),
    Line(
        "run of summaries, 100,000 clients", "runs", "account_summary, 100000",
        "10,000 clients", "account_summary, 10000", 10.5, unit="s",
    ),
    Line(
        "run of reminders, 100,000 clients", "runs", "past_due, 100000",
        "10,000 clients", "past_due, 10000", 10.5, unit="s",
    ),
    Line(
        "memory of both runs, 100,000 clients", "runs", "memory, 100000",
        "10,000 clients", "memory, 10000", 1.1, unit="MB",
    ),
    Line(
        "automatic payment, provider answers in 300 ms", "autopay", "ours",
        "one at a time", "theirs", 0.4,
    ),
    Line(
        "`GET /PAYNOW`, 2 workers", "workers", "pages, 2 workers", "1 worker",
        "pages, 1 worker", 1.9, at_least=True, unit="/s",
    ),
    Line(
        "whole payments, 2 workers", "workers", "payments, 2 workers", "1 worker",
        "payments, 1 worker", 1.9, at_least=True, unit="/s",
    ),
    Line(
        "p95 of 200 visitors, by request", "load", "times as long", "a single visitor",
        "alone", 1.5, unit="×",
    ),
)  # fmt: skip


def table(rows):
    """Return the table of all lines that were measured, in Markdown.

    :param dict rows: what was measured, by row
    :rtype: str
    """
    lines = [
        "| what | median (p95) | against | median (p95) | ratio (95 %) | goal | |",
        "|---|---|---|---|---|---|---|",
    ]
    for line in LINES:
        if found := figures(rows, line):
            ours, theirs, (middle, low, high) = found
            sign = "≥" if line.at_least else "≤"
            met = middle >= line.goal if line.at_least else middle <= line.goal
            lines.append(
                f"| {line.what} | {show(ours, line.unit)} | {line.against}"
                f" | {show(theirs, line.unit)}"
                f" | **{middle:.2f}** ({low:.2f}–{high:.2f})"
                f" | {sign} {line.goal:g} | {'met' if met else 'missed'} |"
            )
    missing = [line.what for line in LINES if not figures(rows, line)]
    if missing:
        missing = [f"- Not measured in these runs: {'; '.join(missing)}."]
    missing += [
        f"- The last run could not measure `{name}` ({row['failed']}); what stands of"
        " it is older."
        for name, row in rows.items()
        if "failed" in row
    ]
    return "\n".join([*lines, "", *facts(rows), *missing])


def figures(rows, line):
    """Return the figures of a line: ours, theirs, their ratio with its bounds."""
    series = dict(rows.get(line.row, {}).get("series", {}))
    for side, poll in POLLS.items():
        if f"{side} {poll}" in series:
            pairs = zip(series[side], series[f"{side} {poll}"], strict=True)
            series[f"{side}, posting apart"] = [total - part for total, part in pairs]
    ours, theirs = series.get(line.ours), series.get(line.theirs)
    if not ours or not theirs:
        return None
    return ours, theirs, ratio(ours, theirs)


def show(values, unit):
    """Return the median and the 95th percentile, readable.

    :rtype: str
    """
    scale = 1000 if unit == "ms" else 1
    text = f"{median(values) * scale:.1f}"
    if len(values) > 9:
        text += f" ({p95(values) * scale:.1f})"
    return f"{text} {unit}"


def facts(rows):
    """Return what is no ratio, a sentence each.

    :rtype: list[str]
    """
    sentences = []
    if lookup := rows.get("lookup", {}).get("series"):
        for size in ("small", "large"):
            if f"queries, {size}" not in lookup:
                continue
            counts = sorted(set(lookup[f"queries, {size}"]))
            finding = 1000 * median(lookup[f"finding, {size}"])
            total = 1000 * median(lookup[f"sql, {size}"])
            sentences.append(
                f"- Look-up in the {size} database: {' or '.join(map(str, counts))}"
                f" queries, {total:.1f} ms in all; the one that finds the number takes"
                f" {finding:.2f} ms (goal: ≤ 1 ms, number constant)."
            )
    if index := rows.get("index", {}).get("series"):
        blocks = "; ".join(
            f"{size:,} numbers {median(index[f'blocks, {size}']):.0f}" for size in SIZES
        )
        sentences.append(
            "- Blocks that the look-up's query reads of a table with as many invoices"
            f" and the same indexes (explain, buffers): {blocks}."
        )
    if injection := rows.get("injection", {}).get("series"):
        more = injection["queries more a lot of 50"]
        sentences.append(
            f"- Button in 1,000 mails: {sum(more)} queries more in all"
            f" ({sum(more) / 1000:.2f} an invoice; goal: 0)."
        )
    if several := rows.get("items", {}).get("series"):
        for count in COUNTS:
            steps = ", ".join(
                f"{step} {median(several[f'{count} {step}, queries']):.0f}"
                f" ({1000 * median(several[f'{count} {step}']):.0f} ms)"
                for step in STEPS
            )
            number = f"{count} invoices" if count > 1 else "1 invoice"
            sentences.append(
                f"- Queries of one payment of {number} from the list: {steps}."
            )
    if weight := rows.get("weight", {}).get("series"):
        values = {name: values[0] for name, values in weight.items()}
        sentences.append(
            f"- Page weight of /PAYNOW beyond Odoo's own: {values['bytes more']:,}"
            f" bytes (goal: ≤ 10,000), {values['bytes in bundles']:,} of them in the"
            f" bundles of all pages; requests more: {values['requests more']}"
            " (goal: 0)."
        )
    return sentences


def write_documents(stack, rows):
    """Write docs/benchmarks.md and the plots.

    :param dev.stack.Stack stack: the platform
    :param dict rows: what was measured, by row
    """
    measured = [
        f"| {name} | {row['date']} | {row['commit']} | {row['load']:.1f} |"
        for name, row in rows.items()
        if row["series"]
    ]
    text = Template(TEXT.read_text()).substitute(
        table=table(rows),
        machine=machine(),
        versions=versions(stack),
        rows="\n".join(
            ["| row | measured (UTC) | commit | load average |", "|---|---|---|---|"]
            + measured
        ),
        steps=payment_steps(rows),
        load=load(rows),
    )
    write(DOCS / "benchmarks.md", text)
    found = [(line, figures(rows, line)) for line in LINES]
    found = [(line, values) for line, values in found if values]
    write(DOCS / "benchmark-ratios.svg", plots.ratios(found))
    write(
        DOCS / "benchmark-times.svg",
        plots.times([pair for pair in found if pair[0].unit == "ms"]),
    )
    if "second" in rows.get("load", {}).get("series", {}):
        write(DOCS / "benchmark-load.svg", plots.load(rows["load"]["series"]))


def payment_steps(rows):
    """Return the requests of a whole payment with their medians, in Markdown.

    :rtype: str
    """
    series = rows.get("payment", {}).get("series", {})
    names = {
        "ours": (
            "page", "look-up", "checkout", "transaction route", "demo provider",
            "way to the answer", "answer", "news (Odoo posts)",
        ),
        "theirs": (
            "invoice page", "transaction route", "demo provider", "status page",
            "poll (Odoo posts)", "invoice page again",
        ),
    }  # fmt: skip
    return "; ".join(
        f"{whose}: "
        + ", ".join(
            f"{name} {1000 * median(series[f'{side} {number}']):.0f} ms"
            for number, name in enumerate(names[side])
        )
        for side, whose in (("ours", "Pay Now"), ("theirs", "Odoo"))
        if f"{side} 0" in series
    )


def load(rows):
    """Return what the load runs have shown, in Markdown.

    :rtype: str
    """
    lines = []
    for name in ("load", "slow"):
        if told := rows.get(name, {}).get("series", {}).get("told"):
            lines += [f"- {sentence}" for sentence in told]
    if "second" in rows.get("load", {}).get("series", {}):
        lines += ["", "![Ten minutes of load](benchmark-load.svg)"]
    return "\n".join(lines) or NOT_MEASURED


def machine():
    """Return what the figures were measured on.

    :rtype: str
    """
    info = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", info)
    memory = int(re.search(r"\d+", Path("/proc/meminfo").read_text()).group())
    return (
        f"{os.cpu_count()} cores ({model[1] if model else platform.machine()}),"
        f" {memory / 1024**2:.0f} GB, Linux {platform.release()}"
    )


def versions(stack):
    """Return the versions of what takes part.

    :rtype: str
    """
    ((postgres,),) = stack.query("SHOW server_version")
    release = (stack.odoo.path / "odoo" / "release.py").read_text()
    odoo = re.search(r"version_info = \((\d+), (\d+)", release)
    return (
        f"Odoo {odoo[1]}.{odoo[2]}, PostgreSQL {postgres.split()[0]},"
        f" Python {platform.python_version()}"
    )
