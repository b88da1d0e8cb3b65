# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

MAX_DAYS = 60  # Before or after the due date.
MAX_LIMIT = 10.0**12  # In the currency of the company; what floats hold to the cent.


class PaynowAutopay(models.Model):
    """A client's consent to automatic payment, of all invoices or of one.

    How it is made and ends: `paynow_autopay_choice.py`; how it is shown:
    `paynow_autopay_page.py`.

    What was consented to never changes: a new choice is a new record, and one that is
    switched off stays as evidence.
    """

    _name = "paynow.autopay"
    _description = "Pay Now Automatic Payment"
    _order = "id desc"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        string="Client",
        comodel_name="res.partner",
        required=True,
        index=True,
        ondelete="restrict",
    )
    invoice_id = fields.Many2one(
        string="Only this invoice",
        comodel_name="account.move",
        help="Empty where the client chose automatic payment of all invoices.",
        index="btree_not_null",
        ondelete="cascade",
    )
    token_id = fields.Many2one(
        string="Saved method",
        comodel_name="payment.token",
        required=True,
        index=True,
        ondelete="restrict",
    )
    method_name = fields.Char(
        string="With",
        compute="_compute_method_name",
        compute_sudo=True,  # Not everybody who sees the choice may read saved methods.
    )
    timing = fields.Selection(
        string="When",
        selection=[
            ("before", "Before the due date"),
            ("on", "On the due date"),
            ("after", "After the due date"),
        ],
        default="on",
        required=True,
    )
    days = fields.Integer(string="Days before or after", default=0)
    use_discounts = fields.Boolean(
        string="Use early payment discounts",
        help="Where an invoice offers an early payment discount, the discounted amount"
        " is charged on the last day of the discount, if that is sooner.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    limit_amount = fields.Monetary(
        string="Limit per invoice",
        help="Invoices of a larger total are left for the client to pay; 0 means none.",
    )
    active = fields.Boolean(default=True, readonly=True)
    mandate_id = fields.Many2one(
        comodel_name="paynow.mandate",
        help="What the client agreed to, and the evidence of it.",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    # Staff write these in the form of a new one; `create` makes the mandate of them.
    consent_text = fields.Text(
        related="mandate_id.text", string="Consent", readonly=False
    )
    consent_date = fields.Datetime(
        related="mandate_id.date",
        string="Consented on",
        readonly=False,
        default=fields.Datetime.now,
    )
    consent_ip = fields.Char(related="mandate_id.ip")
    consent_user_id = fields.Many2one(
        related="mandate_id.user_id", string="Recorded by"
    )
    consent_source = fields.Selection(related="mandate_id.proof", string="Given")
    end_date = fields.Datetime(string="Switched off on", readonly=True)
    end_user_id = fields.Many2one(
        string="Switched off by", comodel_name="res.users", readonly=True
    )

    _standing_uniq = models.UniqueIndex(
        "(company_id, partner_id) WHERE active AND invoice_id IS NULL",
        "This client pays all invoices automatically already.",
    )
    _invoice_uniq = models.UniqueIndex(
        "(invoice_id) WHERE active AND invoice_id IS NOT NULL",
        "This invoice is paid automatically already.",
    )

    # === COMPUTE AND CONSTRAINT METHODS === #

    @api.depends("token_id", "invoice_id", "timing", "days", "use_discounts")
    def _compute_display_name(self):
        for autopay in self:
            autopay.display_name = autopay._get_summary()

    @api.depends("token_id")
    def _compute_method_name(self):
        for autopay in self:
            autopay.method_name = autopay.token_id._paynow_get_autopay_name()

    @api.constrains("days", "limit_amount")
    def _check_choice(self):
        """Refuse choices without meaning."""
        for autopay in self:
            if not (
                0 <= autopay.days <= MAX_DAYS
                and 0 <= autopay.limit_amount <= MAX_LIMIT  # No NaN is.
            ):
                raise ValidationError(
                    self.env._(
                        "Choose 0 to %(days)s days, and a limit from 0 to %(limit)s.",
                        days=MAX_DAYS,
                        limit=f"{MAX_LIMIT:,.0f}",
                    )
                )

    @api.constrains("partner_id", "invoice_id", "token_id", "company_id")
    def _check_owner(self):
        """Refuse a saved method or an invoice that is somebody else's."""
        for autopay in self.sudo():  # In sudo mode to read saved methods.
            partner = autopay.partner_id
            if partner != partner.commercial_partner_id:
                raise ValidationError(
                    self.env._("Choose the company that pays, not one of its contacts.")
                )
            token, invoice = autopay.token_id, autopay.invoice_id
            if token.partner_id.commercial_partner_id != partner or (
                invoice and invoice.commercial_partner_id != partner
            ):
                raise ValidationError(
                    self.env._("The saved method and the invoice must be the client's.")
                )
            if token.provider_id.company_id not in autopay.company_id.parent_ids or (
                invoice and invoice.company_id != autopay.company_id
            ):
                raise ValidationError(
                    self.env._(
                        "The saved method and the invoice must be of this company."
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to end the choice before, and set the invoices.

        Whoever has no mandate of the client writes down the consent that there is.
        """
        if not self.env.su:
            if not self.env.user.has_group("account.group_account_manager"):
                raise AccessError(
                    self.env._("Only accounting administrators may record a consent.")
                )
            # What staff record is never made to look as if the client had clicked.
            vals_list = [
                {
                    key: value
                    for key, value in vals.items()
                    if key not in ("mandate_id", "active")
                }
                for vals in vals_list
            ]
        for vals in vals_list:
            self.sudo().search(
                [
                    ("invoice_id", "=", vals.get("invoice_id") or False),
                    ("partner_id", "=", vals.get("partner_id")),
                    ("company_id", "=", vals.get("company_id") or self.env.company.id),
                ]
            )._end()
        autopays = super().create(
            [self._prepare_with_mandate(vals) for vals in vals_list]
        )
        for autopay in autopays.sudo():  # In sudo mode to write on posted invoices.
            autopay._take_invoices()
        return autopays

    @api.model
    def _prepare_with_mandate(self, vals):
        """Return the values of a choice with a mandate, made of the consent if need be.

        :param dict vals: The values.
        :rtype: dict
        """
        rest = {
            key: value for key, value in vals.items() if not key.startswith("consent_")
        }
        if rest.get("mandate_id"):
            return rest
        # In sudo mode as mandates are made by nobody but us.
        token_sudo = self.env["payment.token"].sudo().browse(rest.get("token_id"))
        mandate_sudo = self.env["paynow.mandate"].sudo()
        mandate = mandate_sudo._authorize(
            self.env["res.company"].browse(rest.get("company_id") or self.env.company.id),
            self.env["res.partner"].browse(rest.get("partner_id")),
            kind="invoices" if rest.get("invoice_id") else "standing",
            invoice_ids=[Command.set([rest["invoice_id"]])]
            if rest.get("invoice_id")
            else False,
            medium=self.env["paynow.mandate.text"]._get_medium(
                token_sudo.payment_method_id.code
            ),
            token_id=token_sudo.id,
            method_name=token_sudo._paynow_get_autopay_name() if token_sudo else False,
            text=vals.get("consent_text"),
            date=vals.get("consent_date") or fields.Datetime.now(),
            proof="staff",
            user_id=self.env.uid,
        )
        return {**rest, "mandate_id": mandate.id}

    # === ACTION METHODS === #

    def action_switch_off(self):
        """Switch automatic payment off; payments that were made stay."""
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only invoicing staff may do this."))
        self.check_access("read")
        self.sudo()._end("staff")  # In sudo mode as nobody may write on a consent.
        return True
