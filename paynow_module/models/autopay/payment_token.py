# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import api, models


class PaymentToken(models.Model):
    """Whether a saved method is used for automatic payment, and may be."""

    _inherit = "payment.token"

    def _paynow_is_autopay(self):
        """Override of our own to look for a choice with this saved method."""
        res = super()._paynow_is_autopay()
        return res or bool(
            self.env["paynow.autopay"]
            .sudo()
            .search_count([("token_id", "=", self.id)], limit=1)
        )  # In sudo mode as not everybody who sees the method may read the choices.

    def get_linked_records_info(self):
        """Override of `payment` to warn whoever removes a method that is in use."""
        self.check_access("read")  # Anybody may call this, for any method.
        records = super().get_linked_records_info()
        # In sudo mode as clients can't read the choices; this one is their own.
        for autopay_sudo in (
            self.env["paynow.autopay"].sudo().search([("token_id", "=", self.id)])
        ):
            records.append(
                {
                    "description": self.env._("Automatic payment"),
                    "id": autopay_sudo.id,
                    "name": autopay_sudo._get_summary(),
                    "url": "/my/autopay",
                }
            )
        return records

    def _paynow_get_autopay_name(self):
        """Return the name of this saved method for its owner and for staff.

        :rtype: str
        """
        self.ensure_one()
        name = f"{self._paynow_get_type()} {self.display_name}"
        if self.paynow_nickname:
            name = f"{self.paynow_nickname} ({name})"
        return name

    def _paynow_get_autopay_end_reason(self, invoice, amount, day=None):
        """Return why this method can't pay an invoice for good, if so.

        :param account.move invoice: The invoice.
        :param float amount: The amount in its currency.
        :param datetime.date day: The day of the payment; today if none.
        :return: See `paynow_autopay_reason` of invoices; None if all is well.
        :rtype: str|None
        """
        self.ensure_one()
        if (
            not self.active
            or self.partner_id.commercial_partner_id != invoice.commercial_partner_id
        ):
            return "removed"
        expiry = self.paynow_expiry_date
        if expiry and expiry < (day or invoice.company_id._paynow_get_today()):
            return "expired"
        if self.provider_id.state == "disabled":
            return None  # Staff's to mend: see `_paynow_get_autopay_obstacle`.
        providers = self.env["payment.provider"]._get_compatible_providers(
            invoice.company_id.id,
            invoice.partner_id.id,
            amount,
            currency_id=invoice.currency_id.id,
        )
        currencies = self.payment_method_id.supported_currency_ids
        if self.provider_id not in providers or (
            currencies and invoice.currency_id not in currencies
        ):
            return "unsupported"
        return None

    def _paynow_get_autopay_obstacle(self):
        """Return what keeps the provider of this method from being used for now.

        :return: What is wrong, for staff; None if nothing is.
        :rtype: str|None
        """
        self.ensure_one()
        provider = self.provider_id
        if provider.state == "disabled":
            return self.env._("Provider %(name)s is disabled.", name=provider.name)
        return provider._paynow_get_problem()

    @api.model
    def _cron_paynow_card_expiring(self):
        """Override to tell also of a card that a payment to come will find expired.

        As of one that had expired when the invoice was posted.
        """
        result = super()._cron_paynow_card_expiring()
        for company in self.env["res.company"].search(
            [("paynow_enabled", "=", True), ("paynow_autopay_enabled", "=", True)]
        ):
            soon = company._paynow_get_today() + timedelta(
                days=company.paynow_card_days
            )
            invoices = self.env["account.move"].search(
                [
                    ("company_id", "=", company.id),
                    ("paynow_autopay_date", "<=", soon),
                ]
            )
            tokens = self.browse()
            for invoice in invoices:
                token = invoice.paynow_autopay_id.token_id
                expiry = token.paynow_expiry_date
                if token.active and expiry and expiry < invoice.paynow_autopay_date:
                    tokens |= token
            for token in tokens:
                token._paynow_notify_expiring()
                self.env["ir.cron"]._commit_progress(1)
        return result
