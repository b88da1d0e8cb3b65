# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date


class PaynowAutopay(models.Model):
    """The mails when automatic payment begins and ends."""

    _inherit = "paynow.autopay"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to mail the client a copy of what they agreed to.

        Source: 12 CFR 1005.10(b) (Regulation E): whoever obtains the authorization
        gives a copy of it.
        """
        autopays = super().create(vals_list)
        for autopay in autopays.sudo():  # In sudo mode to make and note the mail.
            autopay._mail("autopay_copy")
        return autopays

    def _end(self, reason=None):
        """Override to mail the client that it ended; not if a new choice follows."""
        ended = self.filtered("active")
        result = super()._end(reason)
        if reason:
            for autopay in ended.sudo():  # In sudo mode as above.
                autopay._mail("autopay_ended")
        return result

    def _mail(self, kind):
        """Queue the one mail of a kind about this choice.

        :param str kind: See the field of `paynow.notice`.
        """
        self.ensure_one()
        notice = self.env["paynow.notice"]._claim(
            kind, self.company_id, self.partner_id, f"{self.id}:{self._get_number()}"
        )
        if not notice:
            return
        notice.mandate_id = self.mandate_id
        email = self._get_notice_email(self.invoice_id)
        if not email:
            notice._skip(self.env._("The client has no e-mail address."))
            return
        template = self.env.ref(f"paynow_module.mail_template_{kind}")
        notice._queue(template, self, email)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _get_number(self):
        """Return the number of the mandate, by which the client may name it.

        :rtype: str
        """
        self.ensure_one()
        return self.mandate_id.reference

    def _get_mail_lang(self):
        """Return the language of the mails about this choice.

        :return: The client's, else that in which they agreed to it.
        :rtype: str
        """
        self.ensure_one()
        return self.partner_id.lang or self.mandate_id.lang

    def _render_copy(self):
        """Return what was agreed to, when it begins and how it ends, for a mail.

        :rtype: Markup
        """
        self.ensure_one()
        if not self.mandate_id:
            # Odoo tries new templates on a choice that is there, and does so in the
            # update to mandates before it has made them.
            return Markup()
        return self.env["ir.qweb"]._render(
            "paynow_module.mail_autopay_copy",
            {
                "rows": self._prepare_rows(self._get_first_day()),
                "text": self.mandate_id.text,
                "notice": self._get_notice_sentence(),
                "rights": self.mandate_id._get_rights(),
                "stop_url": self._get_link("stop"),
            },
        )

    def _render_ended(self):
        """Return which authorization ended, for a mail.

        :rtype: Markup
        """
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "paynow_module.mail_rows", {"rows": self._prepare_rows()}
        )

    def _prepare_rows(self, first_day=None):
        """Return what a mail says of this choice, line by line.

        :param datetime.date first_day: The day of the first payment, if it is told.
        :return: The names and values, in words.
        :rtype: list[tuple[str, str]]
        """
        rows = [
            (self.env._("Authorization"), self._get_number()),
            (self.env._("What"), self._get_summary()),
            (self.env._("With"), self.mandate_id.method_name or self.method_name),
        ]
        if first_day:
            rows.append((self.env._("First payment"), format_date(self.env, first_day)))
        return rows

    def _get_first_day(self):
        """Return the day of the first payment that is planned.

        :rtype: datetime.date|None
        """
        invoices = self.env["account.move"].search(
            [("paynow_autopay_id", "=", self.id)]
        )
        runs = [run for move in invoices for run in move._paynow_get_autopay_runs()[:1]]
        return min((run.date for run in runs), default=None)

    def _get_notice_sentence(self):
        """Return how long before each payment the client is told, in words.

        :return: The sentence; empty if they aren't.
        :rtype: str
        """
        days = max(
            self.mandate_id.notice_days, self.company_id.paynow_autopay_notice_days
        )
        if not days:
            return ""
        return self.env._(
            "We will tell you the day and the amount by mail %(days)s days before each"
            " payment.",
            days=days,
        )
