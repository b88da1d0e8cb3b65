# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import unicodedata
from datetime import timedelta

from markupsafe import Markup, escape

from odoo import fields, models
from odoo.tools import format_date

from ...exceptions import PaynowRefusal

MAX_WORDS_LENGTH = 1000  # Characters.
#: How many days reminders pause, at most: nobody defers them for good.
HOLD_DAYS = {"wrong": 30, "paid": 14, "promise": 45}
SHORT_DAYS = 30  # The same, where the client paid less and said why.


class AccountMove(models.Model):
    """What a client says instead of paying: it is wrong, it is paid, it will be."""

    _inherit = "account.move"

    paynow_paused_rest = fields.Monetary(
        string="Open when reminders were paused",
        help="What was open when the client had reminders pause. They can do so again"
        " once something is paid; until then, it takes somebody of yours.",
        readonly=True,
        copy=False,
    )

    def _paynow_tell(self, kind, email, words="", date_text=""):
        """Note what a client says of this invoice, and pause its reminders.

        :param str kind: `wrong`, `paid` or `promise`.
        :param str email: The proven address of who says so.
        :param str words: What they wrote, if anything.
        :param str date_text: The day on which they will pay, as YYYY-MM-DD.
        :return: The day up to which reminders pause; None if they go on, as the client
            had them pause before and has paid nothing since.
        :rtype: datetime.date|None
        :raise PaynowRefusal: If something is missing or can't be taken.
        """
        self.ensure_one()
        company = self.company_id
        today = company._paynow_get_today()
        if kind not in HOLD_DAYS:
            raise PaynowRefusal(self.env._("Please choose what you want to tell us."))
        words = "".join(
            char
            for char in words or ""
            if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
        ).strip()
        if len(words) > MAX_WORDS_LENGTH:
            raise PaynowRefusal(
                self.env._(
                    "Please shorten your message to %(max)s characters.",
                    max=MAX_WORDS_LENGTH,
                ),
                "words",
            )
        if kind == "wrong" and not words:
            raise PaynowRefusal(self.env._("Please say what is wrong."), "words")
        last = today + timedelta(days=HOLD_DAYS[kind])
        until = last
        if kind == "promise":
            until = self._paynow_read_date(date_text)
            if not until or not today <= until <= last:
                raise PaynowRefusal(
                    self.env._(
                        "Please choose a day from today up to %(date)s.",
                        date=format_date(self.env, last),
                    ),
                    "date",
                )
        staff_self = self.with_context(
            lang=self._paynow_get_responsible().lang or "en_US"
        )
        can_pause = self._paynow_can_pause()
        staff_self._paynow_note_told(kind, email, words, until, can_pause)
        return until if can_pause else None

    def _paynow_tell_short(self, email, words):
        """Note why a client paid less than all of this invoice; see `_paynow_tell`.

        Once the money is there, so that nobody is bothered with words alone.

        :param str email: The proven address of who says so.
        :param str words: What they wrote.
        """
        self.ensure_one()
        until = self.company_id._paynow_get_today() + timedelta(days=SHORT_DAYS)
        staff_self = self.with_context(
            lang=self._paynow_get_responsible().lang or "en_US"
        )
        staff_self._paynow_note_told(
            "short", email, words, until, self._paynow_can_pause()
        )

    def _paynow_can_pause(self):
        """Tell whether the client can have reminders pause by themselves.

        :rtype: bool
        """
        self.ensure_one()
        paused = self.paynow_paused_rest
        rest = self.amount_residual
        return not paused or self.currency_id.compare_amounts(rest, paused) < 0

    def _paynow_read_date(self, text):
        """Return the day that a date field sent, or None."""
        try:
            return fields.Date.from_string(text if isinstance(text, str) else "")
        except ValueError:
            return None

    def _paynow_note_told(self, kind, email, words, until, can_pause):
        """Write down what a client said: a note, an activity, a pause of reminders.

        :param str kind: See `_paynow_tell`, as the others.
        :param datetime.date until: The last day of the pause, and of a promise.
        :param bool can_pause: Whether reminders pause.
        """
        summary = {
            "wrong": self.env._("Pay Now: client says the invoice is wrong"),
            "paid": self.env._("Pay Now: client says the invoice is paid"),
            "promise": self.env._("Pay Now: client promises to pay"),
            "short": self.env._("Pay Now: client paid less, and says why"),
        }[kind]
        named = {"email": email, "date": format_date(self.env, until)}
        if can_pause:
            facts = self.env._(
                "%(email)s wrote on the Pay Now page. Reminders pause until %(date)s.",
                **named,
            )
        elif kind == "promise":
            facts = self.env._(
                "%(email)s promises on the Pay Now page to pay by %(date)s, after an"
                " earlier message that paused reminders. They go on: please answer.",
                **named,
            )
        else:
            facts = self.env._(
                "%(email)s wrote on the Pay Now page, after an earlier message that"
                " paused reminders. They go on: please answer.",
                **named,
            )
        # What a stranger typed is text, whatever it looks like.
        quote = Markup("<br/>").join(escape(line) for line in words.splitlines())
        note = Markup("<p>%s</p>") % facts
        if quote:  # No quotation, which the chatter would fold away.
            note += Markup("<p>%s</p>") % quote
        self.message_post(body=Markup("<p>%s</p>") % summary + note)
        open_activities = self.activity_ids.filtered(lambda a: a.summary == summary)
        if open_activities:
            open_activities[0].note = note
        else:
            self._paynow_schedule(
                self.company_id,
                self._paynow_get_responsible(),
                # The day after the promise, it is time to look whether it was kept.
                date_deadline=until + timedelta(days=1) if kind == "promise" else None,
                summary=summary,
                note=note,
            )
        if not can_pause:
            return
        self.paynow_paused_rest = self.amount_residual
        # What somebody in the office has set stays, if it is longer.
        if not self.paynow_hold_until or self.paynow_hold_until < until:
            self.write({"paynow_hold_until": until, "paynow_hold_reason": summary})
