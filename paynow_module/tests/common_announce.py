# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from contextlib import ExitStack
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from unittest.mock import patch

from lxml import html

from odoo.tools import format_date, mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.mail.tests.common import MockEmail

from .common_autopay import PaynowAutopayCommon

DAYS = 10


class PaynowAnnounceCommon(PaynowAutopayCommon, MockEmail):
    """Mandates that want a notice ten days before each payment, and the mails sent."""

    notice_days = DAYS
    mandate = {}

    def setUp(self):
        super().setUp()
        self.mails = []  # As they went out: day, to, subject, body.
        self.env["mail.mail"].sudo().search([]).unlink()  # Of others.
        Mandate = self.env.registry["paynow.mandate"]
        authorize = Mandate._authorize

        def _authorize(records, company, partner, **values):
            values = {**values, "notice_days": self.notice_days, **self.mandate}
            return authorize(records, company, partner, **values)

        self.startPatcher(patch.object(Mandate, "_authorize", _authorize))

    def _deliver(self, is_open=True):
        """Have the mails that wait leave the house, or none."""

        def refuse(*_args, **_kwargs):
            raise SMTPRecipientsRefused({self.email: (550, b"No such mailbox.")})

        with ExitStack() as stack:
            stack.enter_context(self.mock_mail_gateway(mail_unlink_sent=True))
            if not is_open:
                stack.enter_context(mute_logger("odoo.addons.mail.models.mail_mail"))
                stack.enter_context(patch.object(IrMail_Server, "send_email", refuse))
            Mail = self.env["mail.mail"].sudo()
            Mail.search([("state", "=", "outgoing")]).send()
            self.env.flush_all()
            if is_open:
                self.mails += [
                    (
                        self.company._paynow_get_today(),
                        ", ".join(mail["email_to"]),
                        mail["subject"],
                        str(mail["body"]),
                    )
                    for mail in self._mails
                ]

    def _tell(self, days=0, is_open=True, sends=True):
        """Run the cron of the notices so many days from today, and the mail queue."""
        with self._on(days):
            self._run_cron("paynow_module.ir_cron_autopay_notice")
            self.env.invalidate_all()
            if sends:
                self._deliver(is_open)
        self.env.invalidate_all()

    def _get_notices(self, invoice=None):
        """Return the notices of payments to come, the first one first."""
        notices = (
            self.env["paynow.notice"]
            .sudo()
            .search([("kind", "=", "autopay_notice")], order="id")
        )
        return notices.filtered(lambda n: not invoice or n.invoice_id == invoice)

    def _get_told(self, invoice):
        """Return what the notices of an invoice said: state, day, amount."""
        return [
            (notice.state, (notice.charge_date - self.today).days, notice.amount)
            for notice in self._get_notices(invoice)
        ]

    def _get_runs(self, invoice):
        """Return the automatic payments to come: days from today, and amounts."""
        return [
            ((run.date - self.today).days, run.amount)
            for run in invoice._paynow_get_autopay_runs()
        ]

    def _get_amounts(self):
        return [amount for _reference, amount in self.charges]

    def _format_day(self, days):
        return format_date(self.env, self.today + timedelta(days=days))

    def _get_links(self, body):
        """Return where the links of a mail lead, by what stands on them."""
        return {
            " ".join(link.text_content().split()): link.get("href")
            for link in html.fromstring(body).iter("a")
        }

    def _get_words(self, body):
        """Return the text of a mail."""
        tree = html.fromstring(body)
        for style in tree.xpath("//style"):
            style.drop_tree()
        return re.sub(r"\s+", " ", tree.text_content())
