# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import models

from .account_move_announce_wait import MAX_FAILED


class AccountMove(models.Model):
    """The notice before each automatic payment: whether one was sent, and in time.

    Where the mandate wants one, nothing is charged without it: not sooner than so many
    days after the mail is out, not on a day before the one that it names, not more than
    the amount in it. A part that is paid meanwhile makes the payment smaller; a larger
    amount needs a new notice. Source: 12 CFR 1005.10(d) (Regulation E); Payments
    Canada, Rule H1.
    """

    _inherit = "account.move"

    # === WHEN === #

    def _paynow_prepare_autopay_runs(self, first, instalments=None):
        """Return the payments that pay instalments on their days, or after the notice.

        Each pays what is left of them less what is on its way, less the early payment
        discount if its day earns it.

        :param datetime.date first: The day of the first payment; what is to be paid by
            then is paid then.
        :param list instalments: Those to pay, as `_paynow_get_autopay_instalments` has
            them; those that the choice is about if none.
        :return: The payments, the first one first.
        :rtype: list[AutopayRun]
        """
        self.ensure_one()
        floors = {}  # The first day of each instalment that waits for its notice.
        while True:
            planned = instalments
            if planned is None:
                # A discount that ends before is of no use: then on the day chosen.
                planned = self._paynow_get_autopay_instalments(
                    max(floors.values(), default=None)
                )
            runs = self._paynow_plan_autopay_runs(
                first,
                [
                    (max(date, floors.get(item.line, date)), item)
                    for date, item in planned
                ],
            )
            early = [
                (run, day)
                for run in runs
                if run.date < (day := self._paynow_get_announced_day(run))
            ]
            if not early:
                return runs
            run, day = early[0]
            floors.update((item.line, day) for item, _share in run.shares)

    def _paynow_get_announced_day(self, run):
        """Return the first day on which a payment may be made, told beforehand.

        :param AutopayRun run: The payment.
        :return: The day; where no notice was sent, as if one were sent today.
        :rtype: datetime.date
        """
        self.ensure_one()
        today = self.company_id._paynow_get_today()
        wait = timedelta(days=self.paynow_autopay_id.mandate_id.notice_days)
        if not wait:
            return today
        days = self._paynow_get_told_days(run).values()
        return min([today + wait, *days])

    def _paynow_get_told_days(self, run):
        """Return the first day on which a payment may be made by each notice of it.

        :param AutopayRun run: The payment.
        :return: The notices that were sent, the one that names the earliest day first.
        :rtype: dict[paynow.notice, datetime.date]
        """
        wait = timedelta(days=self.paynow_autopay_id.mandate_id.notice_days)
        return {
            notice: max(notice.charge_date, notice.sent_date + wait)
            for notice in self._paynow_get_announcements(run)
            if notice.state == "sent"
        }

    def _paynow_get_announcements(self, run):
        """Return the notices sent, or about to be, of a payment.

        Each counts for one payment, and for what the client agreed to then.

        :param AutopayRun run: The payment.
        :return: The notices, the one that names the earliest day first.
        :rtype: paynow.notice
        """
        lines = self.browse().line_ids.union(*(item.line for item, _ in run.shares))
        return (
            self._paynow_search_notices(("state", "in", ("queued", "sent")))
            .filtered(
                lambda notice: (
                    lines <= notice.charge_line_ids
                    and self.currency_id.compare_amounts(notice.amount, run.amount) >= 0
                    and not notice._is_used()
                )
            )
            .sorted("charge_date")
        )

    def _paynow_search_notices(self, *domain, limit=None):
        """Return the notices of payments of this invoice by the mandate of now.

        :param domain: What else they are.
        :param int limit: How many at most.
        :return: The notices, the last one first.
        :rtype: paynow.notice
        """
        self.ensure_one()
        return self.env["paynow.notice"].search(
            [
                ("kind", "=", "autopay_notice"),
                ("invoice_id", "=", self.id),
                ("mandate_id", "=", self.paynow_autopay_id.mandate_id.id),
                *domain,
            ],
            order="id desc",
            limit=limit,
        )

    def _paynow_get_announcement(self, run):
        """Return the notice by which a payment is made.

        :param AutopayRun run: The payment.
        :return: The notice; empty if none was sent, and none is needed.
        :rtype: paynow.notice
        """
        in_time = [
            notice
            for notice, day in self._paynow_get_told_days(run).items()
            if day <= run.date
        ]
        return in_time[-1] if in_time else self.env["paynow.notice"]

    # === TELLING === #

    def _paynow_autopay_announce(self):
        """Tell the client of the payments to come for which it is time."""
        self.ensure_one()
        date, today = self.paynow_autopay_date, self.company_id._paynow_get_today()
        if (
            not date
            or (date - today).days > self._paynow_get_notice_days()
            or not self._paynow_is_autopay_on()
            or not self._paynow_is_open()
            or self.paynow_autopay_paused
            or self._paynow_is_autopay_stopped()
            or self._paynow_is_held_by_credit()
        ):
            return
        token = self.paynow_autopay_id.token_id
        first = self._paynow_get_autopay_held_date(max(date, today))
        for run in self._paynow_prepare_autopay_runs(first):
            if self._paynow_is_to_announce(
                run
            ) and not token._paynow_get_autopay_end_reason(self, run.amount):
                self._paynow_autopay_mail_notice(run)

    def _paynow_is_to_announce(self, run):
        """Tell whether it is time to tell the client of a payment.

        One that was declined is tried again without another notice.

        :param AutopayRun run: The payment.
        :rtype: bool
        """
        today = self.company_id._paynow_get_today()
        days = self._paynow_get_notice_days()
        if run.date <= today or (run.date - today).days > days:
            return False
        return not any(
            notice.charge_date == run.date
            or (self.paynow_autopay_tries and notice.charge_date < run.date)
            for notice in self._paynow_get_announcements(run)
        )

    def _paynow_get_notice_days(self):
        """Return how many days before a payment the client is told.

        :return: What the mandate wants, or the company, if that is more.
        :rtype: int
        """
        self.ensure_one()
        return max(
            self.paynow_autopay_id.mandate_id.notice_days,
            self.company_id.paynow_autopay_notice_days,
        )

    def _paynow_autopay_mail_notice(self, run):
        """Queue the notice of a payment; tell staff if it can't be delivered.

        :param AutopayRun run: The payment.
        """
        choice, Notice = self.paynow_autopay_id, self.env["paynow.notice"]
        failed = self._paynow_get_failed_notices()
        if len(failed.filtered("message_id")) < MAX_FAILED and (
            notice := Notice._claim(
                "autopay_notice",
                self.company_id,
                self.commercial_partner_id,
                f"{run.date}:{self.currency_id.round(run.amount)}:{choice.id}",
                invoice=self,
            )
        ):
            notice._prepare_charge(run, choice.mandate_id)
            if email := choice._get_notice_email(self):
                template = self.env.ref("paynow_module.mail_template_autopay_notice")
                notice._queue(
                    template.with_context(paynow_announcement=notice.id), self, email
                )
                self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
            else:
                notice._skip(self.env._("The client has no e-mail address."))
            failed |= notice.filtered(lambda n: n.state != "queued")
        if failed and choice.mandate_id.notice_days:
            self._paynow_autopay_tell_waiting(run.date, failed[0].reason)
