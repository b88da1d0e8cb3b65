# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models


class PaymentToken(models.Model):
    """The notice to a client whose card for automatic payment is about to expire."""

    _inherit = "payment.token"

    @api.model
    def _cron_paynow_card_expiring(self):
        """Tell clients, once for each card and expiry, while there is time."""
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].search([("paynow_enabled", "=", True)]):
            tokens = self.search(
                [
                    *self._paynow_get_expiring_domain(company),
                    ("company_id", "=", company.id),
                    ("paynow_expiry_date", ">=", company._paynow_get_today()),
                ],
                order="paynow_expiry_date, id",
            ).filtered(lambda token: token._paynow_is_autopay())
            for token in tokens:
                token._paynow_notify_expiring()
                cron._commit_progress(1)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _paynow_notify_expiring(self):
        """Queue the notice on this card, unless it was queued for this expiry."""
        self.ensure_one()
        notice = self.env["paynow.notice"]._claim(
            "card_expiring",
            self.company_id,
            self.partner_id.commercial_partner_id,
            f"{self.id}:{self.paynow_expiration}",
        )
        if not notice:
            return
        email = self._paynow_get_notice_email()
        if not email:
            notice._skip(self.env._("The client has no e-mail address."))
            return
        template = self.env.ref("paynow_module.mail_template_card_expiring")
        notice._queue(template, self, email)

    def _paynow_get_notice_email(self):
        """Return the address of whoever saved this method, or of their company.

        :rtype: str|bool
        """
        self.ensure_one()
        emails = self.partner_id._paynow_get_billing_emails()
        return emails[0] if emails else False

    def _paynow_render_card(self):
        """Return the table of what is known of this card, and the way to replace it.

        :rtype: Markup
        """
        self.ensure_one()
        company = self.company_id
        site = company._paynow_get_site_url() or company.get_base_url()
        return self.env["ir.qweb"]._render(
            "paynow_module.mail_card",
            {
                "type": self._paynow_get_type(),
                "nickname": self._paynow_get_name(),
                "expiration": self.paynow_expiration,
                "url": f"{site}/my/payment_method",
                "look": company._paynow_get_mail_look(),
            },
        )
