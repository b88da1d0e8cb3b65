# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from itertools import chain

from odoo import api, models

# As many mails that came back, with none from there since, as Odoo's own mailings take.
MAX_BOUNCES = 5


class ResPartner(models.Model):
    """To which addresses of a client no reminders and account summaries go."""

    _inherit = "res.partner"

    # Hardly anybody is in it; without it each reminder looks through all contacts.
    _paynow_bounced_idx = models.Index(
        f"(email_normalized) WHERE message_bounce >= {MAX_BOUNCES}"
    )

    def _paynow_get_reach(self):
        """Return where the reminders and account summaries of these contacts go.

        :return: Of each, the billing addresses that can be mailed, and why none can,
            for staff, if that is so.
        :rtype: dict[res.partner, tuple[list[str], str]]
        """
        emails = {partner: partner._paynow_get_billing_emails() for partner in self}
        unreachable = self._paynow_get_unreachable(list(chain(*emails.values())))
        reach = {}
        for partner, own in emails.items():
            reachable = [email for email in own if email not in unreachable]
            reason = "" if reachable else " ".join(unreachable[email] for email in own)
            if not own:
                reason = self.env._("The client has no valid e-mail address.")
            reach[partner] = (reachable, reason)
        return reach

    @api.model
    def _paynow_get_unreachable(self, emails):
        """Return the addresses to which nothing may or can be sent.

        :param list[str] emails: Normalized addresses.
        :return: The reason, for staff, of each of those.
        :rtype: dict[str, str]
        """
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
