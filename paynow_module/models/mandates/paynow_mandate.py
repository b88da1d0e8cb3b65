# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .paynow_mandate_text import KINDS, MEDIA, SCHEMES


class PaynowMandate(models.Model):
    """What a client authorized us to debit or charge: the words, and the evidence.

    Of one bank debit on the page, of invoices, or of all to come. What was agreed to
    never changes; only whether it still holds does. Who may delete one, and when:
    `paynow_mandate_keep.py`.
    """

    _name = "paynow.mandate"
    _description = "Pay Now Mandate"
    _order = "id desc"
    _rec_name = "reference"

    # What was agreed to.
    reference = fields.Char(
        string="Mandate", required=True, readonly=True, index=True, copy=False
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        string="Client",
        comodel_name="res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(selection=KINDS, string="For", required=True, readonly=True)
    scheme = fields.Selection(
        selection=SCHEMES, string="Rules of", required=True, readonly=True
    )
    medium = fields.Selection(
        selection=MEDIA, string="From", required=True, readonly=True
    )
    invoice_ids = fields.Many2many(
        string="Invoices",
        comodel_name="account.move",
        relation="paynow_mandate_invoice_rel",
        ondelete="restrict",  # They are what it is about.
        help="Those that the client authorized; none where it is all to come.",
        readonly=True,
    )
    amount = fields.Monetary(
        help="Of one payment; 0 where it is whatever is owed.", readonly=True
    )
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    token_id = fields.Many2one(
        string="Saved method",
        comodel_name="payment.token",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    method_name = fields.Char(
        string="With",
        help="The bank account or card, as the client knew it then.",
        readonly=True,
    )
    text = fields.Text(string="Words", required=True, readonly=True)
    text_id = fields.Many2one(
        string="Version",
        comodel_name="paynow.mandate.text",
        help="The version of our words; none where staff wrote down the client's own.",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    lang = fields.Char(string="Language", readonly=True)
    notice_days = fields.Integer(string="Days of notice", readonly=True)
    end_date = fields.Date(
        string="Until", help="The last day on which it holds.", readonly=True
    )
    # How, and by whom.
    date = fields.Datetime(
        string="Authorized on",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
    )
    ip = fields.Char(string="From address (IP)", readonly=True)
    email = fields.Char(
        help="The address to which the copy and the notices go.", readonly=True
    )
    proof = fields.Selection(
        string="Proven by",
        selection=[
            ("fields", "E-mail, invoice number and amount"),
            ("link", "A mailed link"),
            ("code", "A mailed code"),
            ("login", "A login"),
            ("staff", "Recorded by staff"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(
        string="By user", comodel_name="res.users", readonly=True, ondelete="restrict"
    )
    # What became of it.
    state = fields.Selection(
        selection=[
            ("active", "Active"),
            ("revoked", "Revoked"),
            ("stopped", "Stopped by a return"),
        ],
        default="active",
        required=True,
        readonly=True,
        index=True,
    )
    state_date = fields.Datetime(string="Since", readonly=True)
    state_reason = fields.Char(string="Because", readonly=True)
    state_user_id = fields.Many2one(
        string="Ended by", comodel_name="res.users", readonly=True
    )
    transaction_ids = fields.One2many(
        string="Charges",
        comodel_name="payment.transaction",
        inverse_name="paynow_mandate_id",
        readonly=True,
    )

    _reference_uniq = models.UniqueIndex(
        "(reference)", "There is a mandate of this number already."
    )

    @api.constrains("text", "date")
    def _check_text(self):
        """Refuse an authorization that is none."""
        for mandate in self:
            if not mandate.text.strip() or mandate.date > fields.Datetime.now():
                raise ValidationError(
                    self.env._(
                        "Write down what the client consented to, when and how:"
                        " nothing is charged without it."
                    )
                )

    @api.model
    def _authorize(self, company, partner, **values):
        """Record what a client has just agreed to.

        :param res.company company: The company that is paid.
        :param res.partner partner: The client, as the commercial partner.
        :param dict values: Fields of the mandate: `kind`, `medium`, `text`, `text_id`,
            `proof` …
        :rtype: paynow.mandate
        """
        scheme = values.get("scheme") or self.env["paynow.mandate.text"]._get_scheme(
            company, partner
        )
        if "notice_days" not in values:
            # Whoever wrote the words, the country's rules hold.
            words = self.env["paynow.mandate.text"]._get_words(
                company, scheme, values["medium"], values["kind"]
            )
            values["notice_days"] = words.notice_days
        return self.create(
            {
                "company_id": company.id,
                "partner_id": partner.commercial_partner_id.id,
                "reference": self._get_next_reference(),
                "scheme": scheme,
                "lang": self.env.lang,
                **values,
            }
        )

    @api.model
    def _get_next_reference(self):
        """Return a number for a new mandate.

        :rtype: str
        """
        return self.env["ir.sequence"].next_by_code("paynow.mandate")

    def _is_chargeable(self, day):
        """Tell whether a payment may be made by this mandate on a day.

        :param datetime.date day: The day, in the company's time zone.
        :rtype: bool
        """
        self.ensure_one()
        return self.state == "active" and (not self.end_date or day <= self.end_date)

    def _revoke(self, reason):
        """End these mandates; what was paid stays.

        `autopay` overrides it to end the automatic payment by them.

        :param str reason: Why, and by whom, in words.
        """
        self._end("revoked", reason)

    def _stop(self, reason):
        """Stop all payments by these mandates until a person decides.

        :param str reason: What the bank said.
        """
        self._end("stopped", reason)

    def _end(self, state, reason):
        """Note that these mandates no longer hold.

        :param str state: See the field.
        :param str reason: Why, in words.
        """
        self.filtered(lambda mandate: mandate.state == "active").write(
            {
                "state": state,
                "state_date": fields.Datetime.now(),
                "state_reason": reason,
                "state_user_id": self.env.uid,
            }
        )

    def write(self, vals):
        """Override of `base`: only what became of a mandate may change."""
        if set(vals) - {"state", "state_date", "state_reason", "state_user_id"}:
            raise UserError(self.env._("What a client has agreed to can't be changed."))
        return super().write(vals)
