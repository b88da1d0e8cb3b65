# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from io import BytesIO

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import trans_export

LANGUAGES = ("de", "es", "fr", "nl", "pt_BR")
#: What is written in records, for clients.
CLIENT_RECORD = re.compile(
    r"^(?:model:mail\.template,subject|model(?:_terms)?:mail\.template,body_html"
    r"|model:ir\.model\.fields\.selection,name:.*__paynow_autopay_reason__)"
)
#: Templates that only staff see.
STAFF_TEMPLATES = {"paynow_module.health", "paynow_module.snippets"}
#: Examples that are the same in every language.
NO_WORDS = {"www.example.com/PAYNOW", "Captcha"}


@tagged("-at_install", "post_install")
class TestTranslations(TransactionCase):
    """Clients read their own language, from the first page to the last mail."""

    def _is_translated(self, place):
        """Tell whether a string that stands there must be in all languages.

        All that the code says, to clients or staff, and all that templates and mails
        tell clients.

        :param str place: As a translation file names it.
        """
        if place.startswith("model_terms:ir.ui.view,arch_db:"):
            xmlid = place.rpartition(":")[2]
            return xmlid not in STAFF_TEMPLATES and self.env.ref(xmlid).type == "qweb"
        return place.startswith("code:") or bool(CLIENT_RECORD.match(place))

    def test_clients_read_no_untranslated_string(self):
        """Test all strings as they are now, not as they were at the last export."""
        terms = BytesIO()
        trans_export(None, ["paynow_module"], terms, "po", self.env)
        strings = {
            entry.msgid
            for entry in polib.pofile(terms.getvalue().decode())
            if any(self._is_translated(place) for place, _line in entry.occurrences)
        } - NO_WORDS
        strings = {text for text in strings if not text.startswith("/odoo/")}
        self.assertGreater(len(strings), 200)
        for language in LANGUAGES:
            path = file_path(f"paynow_module/i18n/{language}.po")
            # An empty one is the same in both languages: the linter has it so.
            translated = {entry.msgid for entry in polib.pofile(path)}
            with self.subTest(language=language):
                self.assertFalse(sorted(strings - translated))
