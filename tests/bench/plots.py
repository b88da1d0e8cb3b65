"""Plots as SVG, drawn by hand: no library is worth its weight for three of them."""

from html import escape
from math import log10
from statistics import median, quantiles

WIDTH, ROW, LEFT, RIGHT, TOP = 900, 34, 360, 70, 56
OURS, THEIRS, GOAL, INK = "#7c3f6f", "#8a8f98", "#c2410c", "#222"


class Drawing:
    """An SVG picture with a title."""

    def __init__(self, title, height):
        self.height = height
        self.parts = []
        self.text(16, 26, title, size=17, weight="bold")

    def text(self, x, y, text, size=13, anchor="start", color=INK, weight="normal"):
        """Write a text."""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
            f' fill="{color}" font-weight="{weight}">{escape(text)}</text>'
        )

    def line(self, x1, y1, x2, y2, color=INK, width=1.0, dash=""):
        """Draw a line."""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
            f' stroke="{color}" stroke-width="{width}" stroke-dasharray="{dash}"/>'
        )

    def dot(self, x, y, color, radius=5):
        """Draw a dot."""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{color}"/>'
        )

    def curve(self, points, color):
        """Draw a line through points."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>'
        )

    def __str__(self):
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH}'
                f' {self.height}" font-family="Helvetica, Arial, sans-serif">',
                f'<rect width="{WIDTH}" height="{self.height}" fill="white"/>',
                *self.parts,
                "</svg>\n",
            ]
        )


def scale(low, high):
    """Return a function from a figure to its place on a logarithmic axis."""
    span = WIDTH - LEFT - RIGHT

    def place(value):
        part = (log10(value) - log10(low)) / (log10(high) - log10(low))
        return LEFT + span * min(max(part, 0), 1)

    return place


def axis(drawing, place, ticks, bottom, unit=""):
    """Draw the ticks of an axis."""
    for tick in ticks:
        drawing.line(place(tick), TOP - 10, place(tick), bottom, "#ddd")
        drawing.text(place(tick), bottom + 16, f"{tick:g}{unit}", 12, "middle", "#555")


def ratios(lines):
    """Return a plot of the ratios with their bounds, and the goals.

    :param lines: the lines of the table with their figures
    :rtype: str
    """
    bottom = TOP + ROW * len(lines)
    drawing = Drawing("Pay Now ÷ Odoo's own, median and 95 % bounds", bottom + 50)
    place = scale(0.05, 20)
    axis(drawing, place, (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10), bottom)
    drawing.line(place(1), TOP - 10, place(1), bottom, INK)
    for number, (line, (_ours, _theirs, (middle, low, high))) in enumerate(lines):
        y = TOP + ROW * number + 12
        drawing.text(16, y - 2, line.what.replace("`", ""), 13)
        drawing.text(16, y + 12, f"÷ {line.against.replace('`', '')}", 11, color="#666")
        met = middle >= line.goal if line.at_least else middle <= line.goal
        drawing.line(place(line.goal), y - 9, place(line.goal), y + 9, GOAL, 3)
        drawing.line(place(low), y, place(high), y, OURS, 2.5)
        drawing.dot(place(middle), y, OURS if met else GOAL)
        drawing.text(WIDTH - 12, y + 4, f"{middle:.2f}", 13, "end")
    drawing.text(
        LEFT, bottom + 38,
        "upright mark: the goal (throughput: at least, all else: at most)", 12,
        color=GOAL,
    )  # fmt: skip
    return str(drawing)


def times(lines):
    """Return a plot of milliseconds: p5 to p95 with the median, ours and theirs.

    :param lines: as for `ratios`
    :rtype: str
    """
    bottom = TOP + ROW * len(lines)
    drawing = Drawing("Milliseconds: median, p5 to p95", bottom + 50)
    place = scale(1, 2000)
    axis(drawing, place, (1, 3, 10, 30, 100, 300, 1000), bottom)
    for number, (line, (ours, theirs, _ratio)) in enumerate(lines):
        y = TOP + ROW * number + 12
        drawing.text(16, y - 2, line.what.replace("`", ""), 13)
        drawing.text(
            16, y + 12, f"and {line.against.replace('`', '')}", 11, color="#666"
        )
        for values, color, shift in ((ours, OURS, -5), (theirs, THEIRS, 6)):
            tenths = quantiles(values, n=20)
            low, high = 1000 * tenths[0], 1000 * tenths[-1]
            drawing.line(place(low), y + shift, place(high), y + shift, color, 2.5)
            drawing.dot(place(1000 * median(values)), y + shift, color, 4)
        drawing.text(WIDTH - 12, y, f"{1000 * median(ours):.1f}", 12, "end", OURS)
        drawing.text(
            WIDTH - 12, y + 13, f"{1000 * median(theirs):.1f}", 12, "end", "#666"
        )
    drawing.text(LEFT, bottom + 38, "Pay Now", 12, color=OURS)
    drawing.text(
        LEFT + 80, bottom + 38, "Odoo's own, or the small database", 12, color="#666"
    )
    return str(drawing)


def load(series):
    """Return a plot of the load run: latency and memory over time.

    :param dict series: `second`, `p95` (seconds), `memory` (MB), `rate` (per second)
    :rtype: str
    """
    height, bottom = 360, 290
    drawing = Drawing("Ten minutes of 200 visitors on two workers", height)
    end = max(series["second"]) or 1
    x = [70 + (WIDTH - 140) * second / end for second in series["second"]]
    drawing.line(70, bottom, WIDTH - 70, bottom)
    for minute in range(int(end / 60) + 1):
        place = 70 + (WIDTH - 140) * minute * 60 / end
        drawing.text(place, bottom + 18, f"{minute}", 12, "middle", "#555")
    drawing.text(WIDTH / 2, bottom + 36, "minutes", 12, "middle", "#555")
    for name, unit, factor, color, side in (
        ("p95", "ms (p95 of each ten seconds)", 1000, OURS, 70),
        ("memory", "MB (all workers)", 1, THEIRS, WIDTH - 70),
        ("rate", "answers a second", 1, GOAL, None),
    ):
        values = [factor * value for value in series[name]]
        top = 1.25 * max(values) or 1
        points = [
            (px, bottom - (bottom - TOP) * value / top)
            for px, value in zip(x, values, strict=True)
        ]
        drawing.curve(points, color)
        label = f"{name}: {median(values):.0f} {unit}, at most {max(values):.0f}"
        row = ("p95", "memory", "rate").index(name)
        drawing.text(16 + 300 * row, height - 10, label, 12, color=color)
        if side is not None:
            drawing.line(side, TOP, side, bottom, color)
    return str(drawing)
