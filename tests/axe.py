"""What axe-core says of a page: WCAG 2.2 A and AA, and its own best practices.

Report.look asks for more: at each step of one walk, how it is for everyone.

With PICTURES=folder, a picture of each page goes there, for whoever reviews the design.
"""

import json
import os
import re
from importlib.resources import files
from pathlib import Path

from windows import CUT, OVERFLOW, PHONE, SMALL, WIDE, ZOOMED

from dev.places import cache

#: As published on npm; the wheel only carries it.
SCRIPT = files("axe_playwright_python").joinpath("axe.min.js")
#: The rules of the whole page, and what else holds for what is ours of it: headings in
#: the website's own footer are its owner's.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCOPES = [("html", WCAG), ("#wrap", ["best-practice"])]
RUN = """([scope, tags]) => axe.run(scope, {
    runOnly: {type: 'tag', values: tags},
    rules: tags.includes('wcag22aa') ? {'target-size': {enabled: true}} : {},
})"""


class Report:
    """What axe-core found on all pages that it looked at.

    :param str name: of the file, in the cache's folder of reports
    :param markup.Markup markup: takes the documents that were looked at, if any does
    """

    def __init__(self, name, markup=None):
        self.path = cache("reports") / f"{name}.json"
        self.markup = markup
        self.pages = {}

    def look(self, page, state):
        """Look at the page as it is now in windows of all sizes, with large letters.

        Wide and on a phone nothing may be wrong for axe-core; nowhere, 400 % zoom
        (WCAG 1.4.10) and letters of twice the size (1.4.4) included, may anything stand
        out or be cut; what a finger shall hit is large enough (2.5.8).

        :param playwright.sync_api.Page page: the page
        :param str state: what it shows, as the report calls it
        """
        page.wait_for_load_state()
        if self.markup:
            self.markup.keep(page, state)
        window = page.viewport_size
        for width, height in (ZOOMED, PHONE, WIDE):
            page.set_viewport_size({"width": width, "height": height})
            where = f"{state}, {width} pixels wide"
            letters = ("100%", "200%") if width != ZOOMED[0] else ("100%",)
            for size in letters:
                page.evaluate("s => document.documentElement.style.fontSize = s", size)
                self._picture(page, f"{state} {width} {size[:-1]}")
                for what in (OVERFLOW, CUT):
                    found = page.evaluate(what)
                    assert not found, f"{where}, letters of {size}: {found}"
            page.evaluate("document.documentElement.style.removeProperty('font-size')")
            if width == PHONE[0]:
                assert page.evaluate(SMALL) == [], where
            if width != ZOOMED[0]:
                self.check(page, state)
        page.set_viewport_size(window)

    def check(self, page, state, scopes=SCOPES):
        """Look at the page as it is now; nothing may be wrong with it.

        :param playwright.sync_api.Page page: the page
        :param str state: what it shows, as the report calls it
        :param list scopes: selectors, each with the tags of its rules
        """
        page.wait_for_load_state()
        self._picture(page, f"{state} {page.viewport_size['width']}")
        # Half a transition has half a contrast.
        # `wait_for_function` would ask in a way that the policy of our pages forbids.
        while page.evaluate(
            "document.getAnimations().some(a => a.playState === 'running')"
        ):
            page.wait_for_timeout(50)
        if not page.evaluate("!!window.axe"):
            page.evaluate(SCRIPT.read_text(encoding="utf-8"))
        results = [page.evaluate(RUN, scope) for scope in scopes]
        width = page.viewport_size["width"]
        violations = [
            {
                "rule": rule["id"],
                "help": rule["help"],
                "elements": [node["html"] for node in rule["nodes"]],
                "why": [node["failureSummary"] for node in rule["nodes"]],
            }
            for result in results
            for rule in result["violations"]
        ]
        self.pages[f"{state} ({width} px)"] = {
            "axe": results[0]["testEngine"]["version"],
            "passed": sum(len(result["passes"]) for result in results),
            "violations": violations,
            "for a person": [
                rule["id"] for result in results for rule in result["incomplete"]
            ],
        }
        self.path.write_text(json.dumps(self.pages, indent=1), encoding="utf-8")
        assert results[0]["passes"], "axe-core has looked at nothing"
        assert not violations, f"{state}: {json.dumps(violations, indent=1)}"

    def _picture(self, page, name):
        """Take a picture of the page, if any are asked for."""
        if folder := os.environ.get("PICTURES"):
            path = Path(folder) / f"axe-{re.sub(r'[^a-z0-9]+', '-', name.lower())}.png"
            page.screenshot(path=path, full_page=True)
