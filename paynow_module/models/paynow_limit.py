# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .res_company_safety import CALM


class PaynowLimit(models.Model):
    """How many attempts are let through before what they try is closed for a while."""

    _name = "paynow.limit"
    _description = "Pay Now Limit"
    _order = "action, kind, key, minutes"
    _rec_name = "kind"

    action = fields.Selection(
        string="Closes",
        selection=[
            ("lookup", "Look-ups"),
            ("payment", "Payments"),
            ("link", "Secure links"),
        ],
        required=True,
    )
    kind = fields.Selection(
        string="After so many times",
        selection=lambda self: (
            self.env["paynow.attempt"]._fields["kind"]._description_selection(self.env)
        ),
        required=True,
    )
    key = fields.Selection(
        string="For the same",
        selection=[
            ("ip", "Client IP"),
            ("email_hash", "Address typed"),
            ("number_hash", "Number typed"),
            ("invoice_id", "Invoice"),
            ("company_id", "Company"),
        ],
        required=True,
    )
    maximum = fields.Integer(string="Times", required=True)
    minutes = fields.Integer(string="Within minutes", required=True)
    active = fields.Boolean(default=True)

    @api.constrains("maximum", "minutes")
    def _check_positive(self):
        """Refuse limits that would close the page for good, or not at all."""
        if any(limit.maximum < 1 or limit.minutes < 1 for limit in self):
            raise ValidationError(
                self.env._("Times and minutes must be whole numbers from 1 on.")
            )

    @api.model
    def _get_wait(self, company, action, **values):
        """Return for how long an action is closed to a visitor.

        The count is that of the database, so it is the same for all workers. Attempts
        that are turned away here are not recorded: a flood can't fill the table, and
        the wait ends even if it goes on.

        :param res.company company: The company of the page.
        :param str action: What the visitor wants to do.
        :param dict values: What is known of the visitor, as for `_log` of the attempts.
        :return: The seconds to wait; 0 if they may go on.
        :rtype: int
        """
        now = fields.Datetime.now()
        Attempt_sudo = self.env["paynow.attempt"].sudo()
        keys = Attempt_sudo._prepare_keys({**values, "company_id": company.id})
        is_closed = action == "lookup" and not company.sudo()._paynow_takes_lookups()
        wait = int(CALM.total_seconds()) if is_closed else 0
        for limit in self.sudo().search([("action", "=", action)]):
            if not keys.get(limit.key):
                continue
            since = now - timedelta(minutes=limit.minutes)
            attempts_sudo = Attempt_sudo.search(
                [
                    ("company_id", "=", company.id),
                    ("kind", "=", limit.kind),
                    (limit.key, "=", keys[limit.key]),
                    ("create_date", ">", since),
                ],
                order="create_date desc",
                limit=limit.maximum,
            )  # In sudo mode as visitors can't read attempts.
            if len(attempts_sudo) == limit.maximum:
                oldest = attempts_sudo[-1].create_date
                wait = max(wait, 1, int((oldest - since).total_seconds()))
        return wait
