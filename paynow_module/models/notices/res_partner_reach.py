# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

# As many mails that came back, with none from there since, as Odoo's own mailings take.
MAX_BOUNCES = 5


class ResPartner(models.Model):
    """To which addresses of a client no reminders and account summaries go."""

    _inherit = "res.partner"

    def _paynow_get_unreachable(self):
        """Return the billing addresses to which nothing may or can be sent.

        :return: The reason, for staff, of each address.
        :rtype: dict[str, str]
        """
        self.ensure_one()
        emails = self._paynow_get_billing_emails()
        if not emails:
            return {}
        # In sudo mode as not everybody who sends a reminder may read these.
        listed_sudo = (
            self.env["mail.blacklist"].sudo().search([("email", "in", emails)])
        )
        bounced_sudo = self.sudo().search(
            [("email_normalized", "in", emails), ("message_bounce", ">=", MAX_BOUNCES)]
        )
        reasons = {
            email: self.env._("The mails to %(email)s come back.", email=email)
            for email in bounced_sudo.mapped("email_normalized")
        }
        reasons.update(
            {
                email: self.env._("%(email)s is on the blacklist.", email=email)
                for email in listed_sudo.mapped("email")
            }
        )
        return reasons

    def _paynow_get_reachable(self):
        """Return the billing addresses to which reminders and account summaries go.

        :rtype: list[str]
        """
        unreachable = self._paynow_get_unreachable()
        return [
            email
            for email in self._paynow_get_billing_emails()
            if email not in unreachable
        ]

    def _paynow_get_address_obstacle(self):
        """Return why no billing address of this contact can be mailed, if so.

        :return: The reason, for staff; empty if one can.
        :rtype: str
        """
        if self._paynow_get_reachable():
            return ""
        reasons = self._paynow_get_unreachable().values()
        return " ".join(reasons) or self.env._(
            "The client has no valid e-mail address."
        )
