# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from hashlib import sha256

from odoo import api, models
from odoo.tools import consteq
from odoo.tools.misc import hmac

from ...utils import format_wait, only_texts, read_signed, sign

WORK_SCOPE = "paynow_module.work"
WORK_VALIDITY = timedelta(minutes=10)
MAX_ANSWER_LENGTH = 20  # Characters.


class PaynowPage(models.AbstractModel):
    """The work that a browser does before a look-up while strangers try many.

    It looks for a number that, written after a puzzle of ours, gives a hash (SHA-256)
    that begins with so many zero bits: some seconds for one visitor, and as much again
    for each pair that somebody tries.
    """

    _inherit = "paynow.page"

    @api.model
    def _render_work(self, bits, seconds, values, source):
        """Render the page on which the browser works, and then sends the form again.

        :param int bits: With how many zero bits the hash is to begin.
        :param int seconds: After how many seconds no work may be needed.
        :param dict values: What was typed, by name.
        :param str|None source: Where the link to the page stood.
        """
        puzzle = sign(
            self, WORK_SCOPE, [bits, self._get_work_key(values)], WORK_VALIDITY
        )
        response = self._render(
            "paynow_module.work",
            {
                "puzzle": puzzle,
                "bits": bits,
                "values": values,
                "source": source,
                "wait": format_wait(seconds, self.env.lang),
            },
            status=429,
        )
        response.headers["Retry-After"] = str(seconds)
        return response

    @api.model
    def _has_worked(self, form, values):
        """Tell whether the browser has done its work for what was typed.

        Used again, an answer looks up what it has looked up before, until it expires.

        :param dict form: What the form sent.
        :param dict values: What was typed, by name.
        :rtype: bool
        """
        texts = only_texts(form)
        puzzle, answer = texts.get("puzzle", ""), texts.get("answer", "")
        if not answer.isascii() or len(answer) > MAX_ANSWER_LENGTH:
            return False
        read = read_signed(self, WORK_SCOPE, puzzle)
        if not read or not consteq(read[1], self._get_work_key(values)):
            return False
        digest = sha256(f"{puzzle}.{answer}".encode()).digest()
        return int.from_bytes(digest) >> (8 * len(digest) - read[0]) == 0

    @api.model
    def _get_work_key(self, values):
        """Return for what and for whom a puzzle is, in a way that tells neither.

        :param dict values: What was typed, by name.
        :rtype: str
        """
        keys = self.env["paynow.attempt"]._prepare_keys(
            {"email": values["email"], "number": values["invoice"]}
        )
        parts = (self._get_visitor(), keys["email_hash"], keys["number_hash"])
        return hmac(self.env(su=True), WORK_SCOPE, parts)
