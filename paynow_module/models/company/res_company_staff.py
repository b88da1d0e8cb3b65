# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class ResCompany(models.Model):
    """Who looks after what a company's clients are told, and answer."""

    _inherit = "res.company"

    def _paynow_employs(self, user):
        """Tell whether a user still works for this company, and is one person.

        :param res.users user: The user; none and several are nobody.
        :rtype: bool
        """
        self.ensure_one()
        user_sudo = user.sudo()  # Not everybody may see other users.
        return bool(
            len(user_sudo) == 1
            and user_sudo.active
            and user_sudo._is_internal()
            and self in user_sudo.company_ids
        )

    def _paynow_get_administrator(self):
        """Return the accounting administrator who is told what needs a person.

        Where the company has none, a system administrator is.

        :rtype: res.users
        """
        self.ensure_one()
        own = [("company_ids", "=", self.id)]
        for group, domain in (
            ("account.group_account_manager", own),
            ("base.group_system", own),
            ("base.group_system", []),  # Better somebody of elsewhere than nobody.
        ):
            user = self.env["res.users"].search(
                [("all_group_ids", "=", self.env.ref(group).id), *domain], limit=1
            )
            if user:
                break
        return user
