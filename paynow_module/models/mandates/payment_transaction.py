# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.http import request

from ...exceptions import PaynowRefusal

#: Under which name the guard hands over what the payer has just agreed to.
VALUES_KEY = "paynow_mandate_values"


class PaymentTransaction(models.Model):
    """The authorization under which a bank account is debited, or a card charged."""

    _inherit = "payment.transaction"

    paynow_mandate_id = fields.Many2one(
        string="Mandate",
        comodel_name="paynow.mandate",
        help="What the client authorized, and by which this was charged.",
        readonly=True,
        copy=False,
        index="btree_not_null",
        # Those who may delete a mandate, two years later, leave the payment.
        ondelete="set null",
    )

    @api.model
    def _paynow_get_form_keys(self):
        """Override to take the words of authorization that the payer read."""
        return super()._paynow_get_form_keys() | {"paynow_words"}

    @api.model
    def _paynow_prepare_authorization(self, proven, method_sudo, form):
        """Override to take what the payer of a bank debit has read, and record it."""
        values = super()._paynow_prepare_authorization(proven, method_sudo, form)
        page = self.env["paynow.page"]
        words = page._get_words(proven, method_sudo)
        if not words:
            return values
        if form.get("paynow_words") != words.text:
            raise PaynowRefusal(
                self.env._(
                    "What you authorize has changed since you opened this page. Please"
                    " open it again and read it."
                )
            )
        invoice_sudo = proven.invoice_sudo
        user = self.env.user
        values[VALUES_KEY] = {
            **words.values,
            "company_id": invoice_sudo.company_id.id,
            "partner_id": invoice_sudo.commercial_partner_id.id,
            "kind": "once",
            "medium": "bank",
            "invoice_ids": [Command.set(proven.invoices_sudo.ids)],
            "amount": proven.amount,
            "currency_id": invoice_sudo.currency_id.id,
            "method_name": method_sudo.name,
            "email": proven.email,
            "ip": request.httprequest.remote_addr if request else False,
            "proof": page._get_proof_kind(proven),
            "user_id": not user._is_public() and user.id,
        }
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to record what the payer agrees to along with it."""
        if not self.env.su or not any(VALUES_KEY in vals for vals in vals_list):
            return super().create(vals_list)
        Mandate = self.env["paynow.mandate"]
        for vals in vals_list:
            if agreed := vals.pop(VALUES_KEY, None):
                company = self.env["res.company"].browse(agreed["company_id"])
                partner = self.env["res.partner"].browse(agreed["partner_id"])
                mandate = Mandate._authorize(company, partner, **agreed)
                vals["paynow_mandate_id"] = mandate.id
        return super().create(vals_list)

    @api.model
    def _paynow_get_purpose(self, values):
        """Override to begin anew where the payer has read other words."""
        agreed = values.get(VALUES_KEY)
        purpose = super()._paynow_get_purpose(values)
        return purpose | ({agreed["text"]} if agreed else set())

    def _paynow_is_for(self, purpose):
        """Override to tell payments by other words apart."""
        own = {self.paynow_mandate_id.text} if self.paynow_mandate_id else set()
        texts = {part for part in purpose if isinstance(part, str)}
        return own == texts and super()._paynow_is_for(purpose - texts)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_mandate(self):
        """Keep what was charged by a mandate as long as that is evidence."""
        today = fields.Date.today()
        for mandate in self.paynow_mandate_id.sudo():  # Whoever deletes it.
            keep_date = mandate._get_keep_date()
            if not keep_date or today <= keep_date:
                raise UserError(
                    self.env._(
                        "This payment is evidence: it is kept as long as its mandate"
                        " %(number)s.",
                        number=mandate.reference,
                    )
                )
