# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import time
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL, ormcache

from .res_company import CALM

# Locked to count, for milliseconds, in a mode that stops nobody who reads or writes it.
TABLE = SQL.identifier("paynow_limit")
# Who might be the one too many is held back until the others are done, for so long.
BREATH = 0.05  # Seconds.
BREATHS = 40


class Limit(NamedTuple):
    """A limit as it applies to one visitor."""

    kind: str
    key: str
    value: str | int
    maximum: int
    minutes: int
    #: The number of the lock that all hold who are under way with the same key.
    lock: int


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
        """Override to forget the limits that are kept, as the next two.

        They hold for all companies: whoever works for some of them changes none.
        """
        self._paynow_check_access()
        limits = super().create(vals_list)
        self.env.registry.clear_cache()
        return limits

    def write(self, vals):
        """See `create`."""
        self._paynow_check_access()
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        """See `create`."""
        self._paynow_check_access()
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    @api.model
    def _paynow_check_access(self):
        """Check that the user works for each company that takes payments.

        :raise AccessError: If not.
        """
        if self.env.su:
            return
        # In sudo mode as there may be others that the user can't read.
        others_sudo = (
            self.env["res.company"]
            .sudo()
            .search_count(
                [
                    ("paynow_enabled", "=", True),
                    ("id", "not in", self.env.user.company_ids.ids),
                ],
                limit=1,
            )
        )
        if others_sudo:
            raise AccessError(
                self.env._(
                    "Limits hold for all companies. Only somebody who works for each of"
                    " them that uses Pay Now can change them."
                )
            )

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
        """Return for how long an action is closed to a visitor, at a glance.

        This turns away who comes while it is closed. Attempts that are turned away are
        not recorded: a flood can't fill the table, and the wait ends even if it goes
        on. Who gets through is decided by `_claim`.

        :param res.company company: The company of the page.
        :param str action: What the visitor wants to do.
        :param dict values: What is known of the visitor, as for `_log` of the attempts.
        :return: The seconds to wait; 0 if they may go on.
        :rtype: int
        """
        if wait := self._get_calm_wait(company, action):
            return wait
        self.env["paynow.attempt"].flush_model()
        limits = self._prepare_limits(company, action, values)
        counts = self._count(self.env.cr, company, limits)
        return max([wait for _count, wait in counts], default=0)

    @api.model
    def _claim(self, company, action, **values):
        """Let a visitor through to an action, or return for how long it is closed.

        This is exact, however many visitors come at once to however many workers. Who
        is let through is under way until the end of this database transaction, and must
        have recorded by then what became of it. PostgreSQL tells who is under way: by
        locks that all share, nobody waits for, and no crash leaves behind. Where these
        might reach a limit, a visitor is held back until it is known.

        To be called before anything is locked, as it takes turns with other workers.

        :param res.company company: See `_get_wait`, as the others.
        :return: The seconds to wait; 0 if they may go on.
        :rtype: int
        """
        if wait := self._get_calm_wait(company, action):
            return wait
        limits = self._prepare_limits(company, action, values)
        locks = sorted({limit.lock for limit in limits})
        for _breath in range(BREATHS):
            with self.env.registry.cursor() as cr:
                # One after the other, for milliseconds. This statement is the one that
                # waits without a view of the data (see `LOCK` in the manual of
                # PostgreSQL): what is counted below is all that was recorded until now.
                cr.execute(SQL("LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE", TABLE))
                # Before the records, as a try is recorded first and over then.
                under_way = self._count_under_way(locks)
                counts = self._count(cr, company, limits)
                wait = max([wait for _count, wait in counts], default=0)
                is_full = any(
                    count + under_way.get(limit.lock, 0) >= limit.maximum
                    for limit, (count, _wait) in zip(limits, counts, strict=True)
                    if limit.kind != "payment_declined"  # It is not known so soon.
                )
                if not wait and not is_full:
                    self.env.cr.execute(
                        "SELECT pg_advisory_xact_lock_shared(lock)"
                        " FROM unnest(%s::bigint[]) lock",
                        [locks],
                    )
                    return 0
            if wait:
                return wait
            time.sleep(BREATH)
        return 1

    @api.model
    def _get_calm_wait(self, company, action):
        """Return for how long an action is closed to all by the safety level.

        :param res.company company: See `_get_wait`, as the others.
        :return: The seconds to wait; 0 if it is open.
        :rtype: int
        """
        is_open = action != "lookup" or company.sudo()._paynow_takes_lookups()
        # In sudo mode as visitors can't read all of a company.
        return 0 if is_open else int(CALM.total_seconds())

    @api.model
    def _prepare_limits(self, company, action, values):
        """Return the limits that apply to a visitor.

        :param res.company company: See `_get_wait`, as the others.
        :rtype: list[Limit]
        """
        Attempt = self.env["paynow.attempt"]
        keys = Attempt._prepare_keys({**values, "company_id": company.id})
        limits = []
        for kind, key, maximum, minutes in self._get_limits(action):
            if value := keys.get(key):
                text = repr((company.id, action, key, value))
                digest = sha256(text.encode()).digest()[:8]
                lock = int.from_bytes(digest, "big", signed=True)
                limits.append(Limit(kind, key, value, maximum, minutes, lock))
        return limits

    @api.model
    def _count(self, cr, company, limits):
        """Count the recorded attempts of a visitor, and when the limits let go of them.

        :param BaseCursor cr: The cursor whose view of the records counts.
        :param res.company company: The company of the page.
        :param list[Limit] limits: The limits.
        :return: For each limit the attempts, at most as many as it allows, and the
            seconds to wait; 0 while there are fewer.
        :rtype: list[tuple[int, int]]
        """
        now = fields.Datetime.now()
        queries = [
            SQL(
                """(
                    SELECT count(*), min(create_date), %(since)s FROM (
                        SELECT create_date FROM paynow_attempt
                         WHERE company_id = %(company_id)s AND kind = %(kind)s
                           AND %(column)s = %(value)s AND create_date > %(since)s
                      ORDER BY create_date DESC LIMIT %(maximum)s
                    ) AS latest
                )""",
                since=now - timedelta(minutes=limit.minutes),
                company_id=company.id,
                kind=limit.kind,
                column=SQL.identifier(limit.key),
                value=limit.value,
                maximum=limit.maximum,
            )
            for limit in limits
        ]
        if not queries:
            return []
        # All limits in one query: this stands before every look-up and payment.
        cr.execute(SQL(" UNION ALL ").join(queries))
        return [
            (
                count,
                max(1, int((oldest - since).total_seconds()))
                if count >= limit.maximum
                else 0,
            )
            for limit, (count, oldest, since) in zip(limits, cr.fetchall(), strict=True)
        ]

    @api.model
    def _count_under_way(self, locks):
        """Count the tries of other database transactions that are under way now.

        :param list[int] locks: See `Limit`.
        :return: How many hold each lock.
        :rtype: dict[int, int]
        """
        self.env.cr.execute(
            """
            SELECT holder.lock, count(*)
              FROM (
                    SELECT (classid::bigint << 32) | objid::bigint AS lock
                      FROM pg_locks
                     WHERE locktype = 'advisory' AND objsubid = 1 AND granted
                       AND database = (
                            SELECT oid FROM pg_database
                             WHERE datname = current_database()
                           )
                       AND pid <> pg_backend_pid()
                   ) AS holder
             WHERE holder.lock = ANY(%s)
             GROUP BY holder.lock
            """,
            [locks],
        )
        return dict(self.env.cr.fetchall())
