"""What html-validate says of the documents that a browser got, by the HTML standard.

They are read as they came, before a browser mends them. Mails are another dialect, see
tests/mails/test_mail_programs.
"""

import json
import os
import re
import subprocess

from dev import virtualenv
from dev.places import cache

#: The rules of the standard, not those of taste; axe-core asks for what WCAG adds.
CONFIG = {"root": True, "extends": ["html-validate:standard"]}
#: What Odoo writes into our pages, rule and words: a form of its demo provider for each
#: method, with the same ids, and the button below them.
OF_ODOO = {
    ("no-dup-id", 'Duplicate ID "demo-container-'),
    ("no-dup-id", 'Duplicate ID "provider_id"'),
    ("no-dup-id", 'Duplicate ID "customer_input"'),
    ("no-dup-id", 'Duplicate ID "simulated_payment_state"'),
    ("attribute-allowed-values", 'Attribute "disabled" has invalid value "true"'),
}


class Markup:
    """The documents that browsers got.

    :param str name: of their folder, in the cache's folder of reports
    """

    def __init__(self, name):
        self.folder = cache("reports", name)
        self._latest = {}
        for old in self.folder.glob("*.html"):
            old.unlink()

    def watch(self, page):
        """Know from now on which document the page shows.

        :param playwright.sync_api.Page page: the page
        """

        def note(response):
            request = response.request
            if request.is_navigation_request() and request.frame == page.main_frame:
                self._latest[page] = response

        page.on("response", note)

    def keep(self, page, state):
        """Keep the document that the page shows now, if it is watched.

        :param playwright.sync_api.Page page: the page
        :param str state: what it shows
        """
        if response := self._latest.get(page):
            name = re.sub(r"[^a-z]+", "-", state.lower())
            path = self.folder / f"{name}.html"
            path.write_text(response.text(), encoding="utf-8")

    def validate(self):
        """Return what is wrong with the documents kept, but for what is Odoo's.

        :return: document, line, rule and words of each finding
        :rtype: list[tuple[str, int, str, str]]
        """
        config = self.folder / ".htmlvalidate.json"
        config.write_text(json.dumps(CONFIG), encoding="utf-8")
        command = virtualenv.ready(testing=True).with_name("html-validate")
        told = self.folder / "told.json"  # What it writes to a pipe it cuts off.
        told.unlink(missing_ok=True)
        subprocess.run(
            [command, f"--formatter=json={told}", self.folder],
            env={**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}"},
        )
        return [
            (document["filePath"], found["line"], found["ruleId"], found["message"])
            for document in json.loads(told.read_text("utf-8"))
            for found in document["messages"]
            if not any(
                found["ruleId"] == rule and found["message"].startswith(words)
                for rule, words in OF_ODOO
            )
        ]
