# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import SUPERUSER_ID, models


class MailActivityMixin(models.AbstractModel):
    """How staff hear of what needs a person."""

    _inherit = "mail.activity.mixin"

    def _paynow_schedule(self, company, user, summary, note, date_deadline=None):
        """Give a user an activity on this record.

        Where a visitor's request sets it off, the company does so, in the person of
        OdooBot: the public user has no address from which the mail that tells of it
        could come.

        :param res.company company: The company.
        :param res.users user: Who shall look.
        :param str summary: What happened, in their language.
        :param str|Markup note: The facts and the next step.
        :param datetime.date|None date_deadline: The day; by default today.
        :return: The activity.
        :rtype: mail.activity
        """
        self.ensure_one()
        scheduling = self
        if not self.env.user._is_internal():
            scheduling = self.with_user(SUPERUSER_ID)
        scheduling = scheduling.with_context(paynow_sender_id=company.id)
        return scheduling.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=date_deadline,
            summary=summary,
            note=note,
            user_id=user.id,
        )
