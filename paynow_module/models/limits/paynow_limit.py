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
# Keys of two columns of attempts.
PAIRS = {
    "network_number": ("network", "number_hash"),
    "network_email": ("network", "email_hash"),
}
# What others than the visitor can have tried, too.
SHARED = ("email_hash", "number_hash", "invoice_id", "client_id", "company_id")


class Limit(NamedTuple):
    """A limit as it applies to one visitor."""

    kind: str
    #: By the name of each column of attempts, what stands there.
    values: dict[str, str | int]
    maximum: int
    minutes: int
    #: Whether each network counts once, however often it tries.
    by_network: bool
    #: Whether it closes nothing, but lets the browser work first.
    is_slow: bool
    #: Whether only known clients count, or only strangers; None for both.
    is_known: bool | None
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
            ("code", "Codes by mail"),
            ("code_try", "Tries of codes"),
            ("words", "Messages on invoices"),
            ("mail", "Mails to a payer who has paid nothing yet"),
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
            ("ip_56", "IPv6 /56"),
            ("network", "Network (IPv4 /24, IPv6 /48)"),
            ("email_hash", "E-mail address"),
            ("number_hash", "Number typed"),
            ("network_number", "Network and number typed"),
            ("network_email", "Network and e-mail address"),
            ("invoice_id", "Invoice"),
            ("client_id", "Client"),
            ("company_id", "Company"),
        ],
        required=True,
    )
    maximum = fields.Integer(string="Times", required=True)
    minutes = fields.Integer(string="Within minutes", required=True)
    effect = fields.Selection(
        string="What follows",
        selection=[
            ("close", "Closed"),
            ("slow", "The browser works first"),
        ],
        default="close",
        required=True,
        help="Where the website has no captcha, the browser of whoever looks up can be"
        " made to compute for some seconds before: honest clients get through.",
    )
    by_network = fields.Boolean(
        string="From so many networks",
        help="Each network (IPv4 /24, IPv6 /48) counts once, however often it tries:"
        " one computer can't reach this limit, and so close anything to others.",
    )
    active = fields.Boolean(default=True)

    @api.constrains("maximum", "minutes")
    def _check_positive(self):
        """Refuse limits that would close the page for good, or not at all."""
        if any(limit.maximum < 1 or limit.minutes < 1 for limit in self):
            raise ValidationError(
                self.env._("Times and minutes must be whole numbers from 1 on.")
            )

    @api.constrains("action", "effect")
    def _check_effect(self):
        """Refuse what can't be: only the form of the look-up lets the browser work."""
        if any(x.effect == "slow" and x.action != "lookup" for x in self):
            raise ValidationError(
                self.env._("Only for look-ups the browser can be made to work first.")
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
        :return: Kind, key, maximum, minutes, whether networks are counted, and whether
            it only slows down, of each.
        :rtype: list[tuple[str, str, int, int, bool, bool]]
        """
        limits_sudo = self.sudo().search_fetch([("action", "=", action)])
        # In sudo mode as visitors can't read the limits.
        return [
            (
                lim.kind,
                lim.key,
                lim.maximum,
                lim.minutes,
                lim.by_network,
                lim.effect == "slow",
            )
            for lim in limits_sudo
        ]

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
    def _take_mail(self, company, email):
        """Count a mail that a visitor causes, as far as somebody may still get it.

        :param res.company company: The company that writes it.
        :param str email: The address of who gets it.
        :return: Whether it may go: a stranger fills nobody's mailbox.
        :rtype: bool
        """
        if self._get_wait(company, "mail", email=email):
            return False
        self.env["paynow.attempt"]._record(company, "mail_caused", email=email)
        return True

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

        Of what strangers can try as well, known clients have an allowance of their own:
        nothing that strangers do closes anything to them. Whose browser `has_worked` is
        slowed down by nothing, nor is who passes a captcha.

        :param res.company company: See `_get_wait`, as the others.
        :rtype: list[Limit]
        """
        Attempt = self.env["paynow.attempt"]
        keys = Attempt._prepare_keys({**values, "company_id": company.id})
        # In sudo mode as visitors can't read the settings.
        is_through = keys.get("has_worked") or company.sudo()._paynow_has_captcha()
        limits = []
        for kind, key, *numbers, is_slow in self._get_limits(action):
            if is_slow and is_through:
                continue
            for tried in self._prepare_tried(key, keys):
                is_known = bool(keys.get("is_known")) if key in SHARED else None
                text = repr((company.id, action, tried, is_known))
                digest = sha256(text.encode()).digest()[:8]
                lock = int.from_bytes(digest, "big", signed=True)
                limits.append(Limit(kind, tried, *numbers, is_slow, is_known, lock))
        return limits

    @api.model
    def _prepare_tried(self, key, keys):
        """Return what is tried, for which a limit holds.

        :param str key: See the field.
        :param dict keys: What is known of the visitor; `invoice_id` may be a list.
        :return: The values by the columns of attempts: one dict for each invoice.
        :rtype: list[dict]
        """
        if key == "invoice_id" and isinstance(keys.get(key), list):
            return [{key: invoice_id} for invoice_id in keys[key]]
        tried = {name: keys.get(name) for name in PAIRS.get(key, (key,))}
        return [tried] if all(tried.values()) else []

    @api.model
    def _prepare_condition(self, name, value):
        """Return the condition of attempts that count for what is tried.

        `payment` overrides it for invoices, of which one payment may have several.

        :param str name: The column.
        :param value: What is tried.
        :rtype: SQL
        """
        return SQL("%s = %s", SQL.identifier(name), value)

    @api.model
    def _count(self, cr, company, limits):
        """Count the recorded attempts of a visitor, and when the limits let go of them.

        :param BaseCursor cr: The cursor whose view of the records counts.
        :param res.company company: The company of the page.
        :param list[Limit] limits: The limits.
        :return: For each limit the attempts or networks, at most as many as it allows,
            and the seconds to wait; 0 while there are fewer.
        :rtype: list[tuple[int, int]]
        """
        now = fields.Datetime.now()
        queries = [
            SQL(
                """(
                    SELECT count(*), min(create_date), %(since)s FROM (
                        SELECT %(date)s AS create_date FROM paynow_attempt
                         WHERE company_id = %(company_id)s AND kind = %(kind)s
                           AND %(is_same)s AND create_date > %(since)s
                           AND %(is_counted)s
                               %(grouping)s
                      ORDER BY 1 DESC LIMIT %(maximum)s
                    ) AS latest
                )""",
                since=now - timedelta(minutes=limit.minutes),
                company_id=company.id,
                kind=limit.kind,
                is_same=SQL(" AND ").join(
                    self._prepare_condition(name, value)
                    for name, value in limit.values.items()
                ),
                is_counted=SQL("TRUE")
                if limit.is_known is None
                else SQL("COALESCE(is_known, FALSE) = %s", limit.is_known),
                date=SQL("max(create_date)")
                if limit.by_network
                else SQL("create_date"),
                # What is of no network known counts one by one.
                grouping=SQL("GROUP BY COALESCE(network, id::text)")
                if limit.by_network
                else SQL(),
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
