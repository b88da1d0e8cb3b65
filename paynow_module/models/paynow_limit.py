# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, ormcache

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
            ("words", "Messages on invoices"),
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

    @api.model_create_multi
    def create(self, vals_list):
        """Override to forget the limits that are kept, as the next two."""
        limits = super().create(vals_list)
        self.env.registry.clear_cache()
        return limits

    def write(self, vals):
        """See `create`."""
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        """See `create`."""
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    @api.model
    @ormcache("action")
    def _get_limits(self, action):
        """Return the limits of an action; kept, as they stand before every try.

        :param str action: See the field.
        :return: Kind, key, maximum and minutes of each.
        :rtype: list[tuple[str, str, int, int]]
        """
        limits_sudo = self.sudo().search_fetch([("action", "=", action)])
        # In sudo mode as visitors can't read the limits.
        return [(lim.kind, lim.key, lim.maximum, lim.minutes) for lim in limits_sudo]

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
        queries = [
            SQL(
                """(
                    SELECT create_date, %(since)s FROM paynow_attempt
                     WHERE company_id = %(company_id)s AND kind = %(kind)s
                       AND %(column)s = %(value)s AND create_date > %(since)s
                  ORDER BY create_date DESC OFFSET %(others)s LIMIT 1
                )""",
                since=now - timedelta(minutes=minutes),
                company_id=company.id,
                kind=kind,
                column=SQL.identifier(key),
                value=keys[key],
                others=maximum - 1,
            )
            for kind, key, maximum, minutes in self._get_limits(action)
            if keys.get(key)
        ]
        if queries:
            # All limits in one query: this stands before every look-up and payment.
            Attempt_sudo.flush_model()
            rows = self.env.execute_query(SQL(" UNION ALL ").join(queries))
            for oldest, since in rows:
                wait = max(wait, 1, int((oldest - since).total_seconds()))
        return wait
