# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import hmac

from ...invoice_number import get_reference_spellings, read_number, strip_blanks
from ...utils import get_networks, normalize_email

HASH_SCOPE = "paynow_module.attempt"
SOURCES = [
    ("page", "Page"),
    ("mail", "Mailed link"),
    ("qr", "QR code"),
    ("button", "Button on a website"),
]


class PaynowAttempt(models.Model):
    """One try to look an invoice up or to pay it, without a word of what was typed."""

    _name = "paynow.attempt"
    _description = "Pay Now Attempt"
    _order = "id desc"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=[
            ("lookup_failed", "Look-up failed"),
            ("lookup_matched", "Look-up matched"),
            ("link_requested", "Secure link asked for"),
            ("code_requested", "Code asked for"),
            ("code_failed", "Wrong code"),
            ("method_chosen", "Payment method chosen"),
            ("payment_started", "Payment started"),
            ("payment_refused", "Payment refused"),
            ("payment_declined", "Payment declined"),
            ("words", "Message on an invoice"),
            ("mail_caused", "Mail caused by a visitor"),
        ],
        required=True,
        readonly=True,
    )
    source = fields.Selection(
        selection=SOURCES,
        default="page",
        readonly=True,
    )
    ip = fields.Char(string="Client IP", readonly=True, index=True)
    ip_56 = fields.Char(string="IPv6 /56", readonly=True, index="btree_not_null")
    network = fields.Char(
        help="The wide network of the client: a /48 of IPv6, a /24 of IPv4.",
        readonly=True,
        index="btree_not_null",
    )
    is_known = fields.Boolean(
        string="Known client",
        help="Whether they came by a mailed link or were logged in.",
        readonly=True,
    )
    email_hash = fields.Char(readonly=True, index=True)
    number_hash = fields.Char(readonly=True, index=True)
    invoice_id = fields.Many2one(
        comodel_name="account.move",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    client_id = fields.Many2one(
        comodel_name="res.partner",
        help="The client whose open invoices the code shows.",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    transaction_id = fields.Many2one(
        comodel_name="payment.transaction",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    link_mailed_date = fields.Datetime(
        help="When the secure link that was asked for was mailed.", readonly=True
    )
    is_settled = fields.Boolean(
        help="Whether the secure link that was asked for was dealt with.", readonly=True
    )

    _company_kind_index = models.Index("(company_id, kind, create_date)")

    @api.model
    def _record(self, company, kind, **values):
        """Record one attempt.

        :param res.company company: The company whose page it was.
        :param str kind: One of the selection.
        :param dict values: Further values; `email` and `number` are hashed.
        :return: The attempt, sudoed as visitors may not write any.
        :rtype: paynow.attempt
        """
        keys = self._prepare_keys(values)
        return self.sudo().create({"company_id": company.id, "kind": kind, **keys})

    @api.model
    def _log(self, company, kind, **values):
        """Record one attempt, whatever becomes of the database transaction around it.

        :param res.company company: See `_record`, as the others.
        """
        with self.env.registry.cursor() as cr:
            self.with_env(self.env(cr=cr))._record(company, kind, **values)

    @api.model
    def _note_choice(self, company, **visitor):
        """Record that a visitor chose a payment method, once for the time of a proof.

        :param res.company company: See `_record`.
        :param dict visitor: The `invoice_id`, `ip` and `source` of the attempt.
        """
        since = fields.Datetime.now() - timedelta(minutes=30)
        if not self.sudo().search_count(
            [
                ("kind", "=", "method_chosen"),
                ("invoice_id", "=", visitor["invoice_id"]),
                ("ip", "=", visitor["ip"]),
                ("create_date", ">", since),
            ],
            limit=1,
        ):  # In sudo mode as visitors can't read attempts.
            self._record(company, "method_chosen", **visitor)

    @api.model
    def _prepare_keys(self, values):
        """Return values with the typed address and number as keyed hashes.

        The same typed text gives the same hash, whether or not it exists in the books.

        :param dict values: The values, with `email` and `number` as typed, if at all,
            and the client's address as `ip`, to which its wider networks are added.
        :rtype: dict
        """
        keys = dict(values)
        for name in ("email", "number"):
            if name in keys:
                typed = str(keys.pop(name) or "")
                if name == "email":
                    typed = normalize_email(typed) or typed
                elif read_number(typed):  # However spelled: each counts for all.
                    typed = get_reference_spellings(strip_blanks(typed))[0]
                keys[f"{name}_hash"] = hmac(self.sudo().env, HASH_SCOPE, (name, typed))
        if "ip" in keys:
            keys["ip_56"], keys["network"] = get_networks(keys["ip"])
        return keys

    @api.model
    def _count_recent(self, company, kind, minutes):
        """Return from how many networks the company has seen attempts of a kind lately.

        One computer, or all of one network, is no reason to do anything to all clients.
        Attempts of nobody known count one by one.

        :param res.company company: The company.
        :param str kind: One of the selection.
        :param int minutes: How far back to count.
        :rtype: int
        """
        domain = [
            ("company_id", "=", company.id),
            ("kind", "=", kind),
            ("create_date", ">", fields.Datetime.now() - timedelta(minutes=minutes)),
        ]
        # In sudo mode as visitors can't read attempts.
        counts = dict(self.sudo()._read_group(domain, ["network"], ["__count"]))
        return counts.pop(False, 0) + len(counts)

    @api.autovacuum
    def _gc_attempts(self):
        """Delete the attempts that are older than their company wants them kept.

        :return: The number of deleted attempts, and whether there are more.
        :rtype: tuple[int, bool]
        """
        limit = 10_000
        count = 0
        for (company,) in self._read_group([], ["company_id"]):
            oldest = fields.Datetime.now() - timedelta(days=company.paynow_attempt_days)
            attempts = self.search(
                [("company_id", "=", company.id), ("create_date", "<", oldest)],
                limit=limit,
            )
            count += len(attempts)
            attempts.unlink()
        return count, count >= limit
