# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.tools import format_date


class AccountMove(models.Model):
    """The next charges, for staff: what the run will do, and what it will leave."""

    _inherit = "account.move"

    paynow_autopay_next_date = fields.Date(search="_search_paynow_autopay_next_date")
    paynow_autopay_charge = fields.Monetary(
        string="To be charged",
        compute="_compute_paynow_autopay_charge",
        compute_sudo=True,
        help="What the run will charge that day; nothing where an obstacle is named.",
    )
    paynow_autopay_obstacle = fields.Char(
        string="Obstacle",
        compute="_compute_paynow_autopay_charge",
        compute_sudo=True,
        help="Why the run will not charge it.",
        groups="base.group_user",
    )
    paynow_autopay_later = fields.Char(
        string="After that",
        compute="_compute_paynow_autopay_charge",
        compute_sudo=True,
        help="The further automatic payments of this invoice.",
    )

    @api.depends("paynow_autopay_next_date", "paynow_autopay_hold")
    def _compute_paynow_autopay_charge(self):
        for move in self:
            runs, obstacle = move._paynow_get_next_runs()
            move.paynow_autopay_charge = 0.0 if obstacle else runs[0].amount
            move.paynow_autopay_obstacle = obstacle or move._paynow_get_run_remark()
            move.paynow_autopay_later = move._paynow_format_autopay_runs(runs[1:])

    @api.model
    def _search_paynow_autopay_next_date(self, operator, value):
        """Search by the day of the next charge, which may be later than planned."""
        if operator != "<=":
            return NotImplemented
        day = fields.Date.to_date(value)
        moves = self.search([("paynow_autopay_date", "<=", day)]).filtered(
            lambda move: move.paynow_autopay_next_date <= day
        )
        return [("id", "in", moves.ids)]

    def _paynow_get_next_runs(self):
        """Return the automatic payments to come, and what keeps the first from it.

        In sudo mode. Unlike what clients are told, one that fails is among them: the
        run tries it again.

        :return: The payments, and the obstacle in words for staff, or an empty text.
        :rtype: tuple[list[AutopayRun], str]
        """
        self.ensure_one()
        date = self.paynow_autopay_date
        if not date or not self._paynow_is_autopay_on():
            return [], self.env._("It is not paid automatically.")
        today = self.company_id._paynow_get_today()
        first = self._paynow_get_autopay_held_date(max(date, today))
        runs = self._paynow_prepare_autopay_runs(first)
        if not runs or not self._paynow_is_open():
            return [], self.env._("Nothing is left to pay.")
        return runs, self._paynow_get_run_obstacle(runs[0])

    def _paynow_get_run_obstacle(self, run):
        """Return why an automatic payment to come will not be made, for staff.

        In the order of the run. Another module can override it to name more reasons.

        :param AutopayRun run: The payment.
        :return: The reason; empty if nothing stands in the way.
        :rtype: str
        """
        self.ensure_one()
        if reason := self._paynow_get_autopay_stop(run.date):
            return reason
        if self.transaction_ids.filtered(
            lambda tx: tx.paynow_run_key and tx.state == "draft"
        ):
            return self.env._("The outcome of the payment before is not known yet.")
        if self.paynow_autopay_paused:
            return self.env._("The client has paused it, and pays it themselves.")
        if reason := self._paynow_get_credit_obstacle():
            return reason
        choice = self.paynow_autopay_id
        token = choice.token_id
        problem = token._paynow_get_autopay_end_reason(self, run.amount, run.date)
        if problem == "expired":
            return self.env._("The card will have expired by then.")
        if not problem and not choice._is_within_limit(self):
            problem = "limit"
        if problem:
            field = self._fields["paynow_autopay_reason"]
            return dict(field._description_selection(self.env))[problem]
        return token._paynow_get_autopay_obstacle() or ""

    def _paynow_get_run_remark(self):
        """Return what staff should know of a payment that will be tried, if anything.

        :rtype: str
        """
        if self._paynow_is_autopay_failing():
            since = self.paynow_autopay_failed_date or self.paynow_autopay_date
            return self.env._(
                "It has not gone through since %(date)s, and is tried with every run.",
                date=format_date(self.env, since),
            )
        if self.paynow_autopay_tries:
            return self.env._("It was declined, and is tried again.")
        if self.paynow_autopay_hold:
            return self._paynow_get_autopay_hold_words()
        return ""
