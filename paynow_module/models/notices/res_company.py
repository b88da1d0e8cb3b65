# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import math
import sys
from calendar import monthrange
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from .paynow_notice_run import TEMPLATES

MAX_MAILS = 100_000  # An hour; more is no limit.


class ResCompany(models.Model):
    """When reminders and account summaries are due."""

    _inherit = "res.company"

    paynow_summary_weekday = fields.Selection(
        string="Weekday of the account summary",
        selection=[
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        default="0",
        required=True,
    )
    paynow_summary_day = fields.Integer(
        string="Day of month of the account summary",
        default=1,
        help="In a shorter month it is the last day.",
    )

    paynow_mails_per_hour = fields.Integer(
        string="Mails an hour",
        help="0: no limit. The others are made in the hours that follow.",
    )

    @api.constrains("paynow_mails_per_hour")
    def _check_paynow_mails_per_hour(self):
        """Refuse a limit below zero."""
        self._paynow_check_number("paynow_mails_per_hour", 0, MAX_MAILS)

    @api.constrains("paynow_summary_day")
    def _check_paynow_summary_day(self):
        """Refuse days that no month has."""
        self._paynow_check_number("paynow_summary_day", 1, 31)

    def _paynow_get_stages(self):
        """Return the days after the due date on which a reminder is due, ascending.

        :rtype: list[int]
        """
        self.ensure_one()
        return sorted(int(day) for day in (self.paynow_past_due_days or "").split(","))

    def _paynow_get_mail_room(self):
        """Return how many reminders and account summaries may be made now.

        They are spread: of what an hour may take, a run makes a twelfth at most.

        :rtype: int
        """
        self.ensure_one()
        limit = self.paynow_mails_per_hour
        if not limit:
            return sys.maxsize
        # In sudo mode as notices are nobody's to count. One made earlier counts, too,
        # if it was sent in this hour.
        made = (
            self.env["paynow.notice"]
            .sudo()
            .search_count(
                [
                    ("company_id", "=", self.id),
                    ("kind", "in", list(TEMPLATES)),
                    ("message_id", "!=", False),
                    ("write_date", ">", fields.Datetime.now() - timedelta(hours=1)),
                ]
            )
        )
        return max(min(limit - made, math.ceil(limit / 12)), 0)

    def _paynow_get_summary_due(self, today=None):
        """Return the last day, today included, on which account summaries were due.

        After an outage they are sent on a later day, for this one.

        :param datetime.date today: The day to look from; by default today.
        :rtype: datetime.date
        """
        self.ensure_one()
        today = today or self._paynow_get_today()
        if self.paynow_summary_interval == "weekly":
            days = (today.weekday() - int(self.paynow_summary_weekday)) % 7
            return today - timedelta(days=days)
        day = self._paynow_get_day_of_month(today)
        if day > today:
            day = self._paynow_get_day_of_month(today.replace(day=1) - timedelta(1))
        return day

    def _paynow_get_summary_day_before(self):
        """Return the day on which summaries were due before those due last.

        :rtype: datetime.date
        """
        return self._paynow_get_summary_due(
            self._paynow_get_summary_due() - timedelta(days=1)
        )

    def _paynow_get_day_of_month(self, date):
        """Return the chosen day in the month of a date.

        :param datetime.date date: Any day of the month.
        :rtype: datetime.date
        """
        last = monthrange(date.year, date.month)[1]
        return date.replace(day=min(self.paynow_summary_day, last))

    def _paynow_get_preview(self, kind):
        """Return the action that lists who would get mails of a kind, were they due.

        :param str kind: The kind of the notices.
        :rtype: dict
        """
        self.ensure_one()
        # In sudo mode as accounting administrators can't read all that counts.
        owed_sudo = self.env["paynow.notice"].sudo()._get_owed(kind, self)
        count = len(owed_sudo.commercial_partner_id)
        if not count:  # Odoo fills an empty list with made-up names.
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {"message": self.env._("Nobody would get one now.")},
            }
        name = (
            self.env._("1 client would get this")
            if count == 1
            else self.env._("%(count)s clients would get this", count=count)
        )
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": owed_sudo._name,
            "view_mode": "list,form",
            "domain": [("id", "in", owed_sudo.ids)],
            "context": {"create": False},
        }

    def _paynow_get_preheader(self, record, message):
        """Override to tell of an account summary what it is about."""
        if not record or record._name != "res.partner":
            return super()._paynow_get_preheader(record, message)
        return self.env._(
            "What is open on your account on %(date)s",
            date=format_date(self.env, self._paynow_get_today()),
        )
