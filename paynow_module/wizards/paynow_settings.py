# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError


class PaynowSettingsMixin(models.AbstractModel):
    """The Pay Now settings of a company, for the two pages on which they are shown."""

    _name = "paynow.settings.mixin"
    _description = "Pay Now Settings Mixin"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    paynow_enabled = fields.Boolean(related="company_id.paynow_enabled", readonly=False)
    paynow_login_label = fields.Char(
        related="company_id.paynow_login_label", readonly=False
    )
    paynow_login_url = fields.Char(
        related="company_id.paynow_login_url", readonly=False
    )
    paynow_email_links = fields.Boolean(
        related="company_id.paynow_email_links", readonly=False
    )
    paynow_invoice_delivery_enabled = fields.Boolean(
        related="company_id.paynow_invoice_delivery_enabled", readonly=False
    )
    paynow_past_due_enabled = fields.Boolean(
        related="company_id.paynow_past_due_enabled", readonly=False
    )
    paynow_past_due_days = fields.Char(
        related="company_id.paynow_past_due_days", readonly=False
    )
    paynow_summary_enabled = fields.Boolean(
        related="company_id.paynow_summary_enabled", readonly=False
    )
    paynow_summary_interval = fields.Selection(
        related="company_id.paynow_summary_interval", readonly=False
    )
    paynow_summary_weekday = fields.Selection(
        related="company_id.paynow_summary_weekday", readonly=False
    )
    paynow_summary_day = fields.Integer(
        related="company_id.paynow_summary_day", readonly=False
    )
    paynow_mails_per_hour = fields.Integer(
        related="company_id.paynow_mails_per_hour", readonly=False
    )
    paynow_link_days = fields.Integer(
        related="company_id.paynow_link_days", readonly=False
    )
    paynow_attempt_days = fields.Integer(
        related="company_id.paynow_attempt_days", readonly=False
    )
    paynow_autopay_enabled = fields.Boolean(
        related="company_id.paynow_autopay_enabled", readonly=False
    )
    paynow_autopay_stopped = fields.Boolean(
        related="company_id.paynow_autopay_stopped", readonly=False
    )
    paynow_autopay_guest = fields.Boolean(
        related="company_id.paynow_autopay_guest", readonly=False
    )
    paynow_autopay_days = fields.Char(
        related="company_id.paynow_autopay_days", readonly=False
    )
    paynow_autopay_notice_days = fields.Integer(
        related="company_id.paynow_autopay_notice_days", readonly=False
    )
    paynow_guard_portal = fields.Boolean(
        related="company_id.paynow_guard_portal", readonly=False
    )
    paynow_serves_branches = fields.Boolean(
        related="company_id.paynow_serves_branches", readonly=False
    )
    paynow_cards_hidden_until = fields.Datetime(
        related="company_id.paynow_cards_hidden_until", readonly=False
    )
    paynow_safety_level = fields.Selection(
        related="company_id.paynow_safety_level", readonly=False
    )
    paynow_card_days = fields.Integer(
        related="company_id.paynow_card_days", readonly=False
    )
    paynow_menu = fields.Boolean(related="company_id.paynow_menu", readonly=False)
    paynow_address = fields.Char(related="company_id.paynow_address")
    paynow_html = fields.Char(related="company_id.paynow_html")
    paynow_qr_enabled = fields.Boolean(
        related="company_id.paynow_qr_enabled", readonly=False
    )
    paynow_qr_target = fields.Selection(
        related="company_id.paynow_qr_target", readonly=False
    )
    paynow_health = fields.Html(compute="_compute_paynow_health", sanitize=False)

    @api.depends("company_id")
    def _compute_paynow_health(self):
        for settings in self:
            settings.paynow_health = self.env["ir.qweb"]._render(
                "paynow_module.health",
                {"checks": settings.company_id._paynow_get_health()},
            )

    def action_paynow_try(self):
        """Open the page filled in with a sample invoice.

        :rtype: dict
        """
        return {
            "type": "ir.actions.act_url",
            "url": self.company_id._paynow_get_sample_url(),
            "target": "new",
        }

    def action_paynow_preview_past_due(self):
        """List the invoices of which clients would be reminded now.

        :rtype: dict
        """
        return self.company_id._paynow_get_preview("past_due")

    def action_paynow_preview_summary(self):
        """List the clients who would get an account summary now.

        :rtype: dict
        """
        return self.company_id._paynow_get_preview("account_summary")

    def action_paynow_check_sender(self):
        """Look up what the sender's domain says of mails; setup health tells it."""
        self.company_id._paynow_look_up_sender()

    def action_paynow_send_samples(self):
        """Send the three mails to the one who asks.

        :rtype: dict
        """
        count = self.company_id._paynow_send_samples(self.env.user)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s mails are on their way to %(email)s.",
                    count=count,
                    email=self.env.user.email,
                ),
            },
        }


class PaynowSettings(models.TransientModel):
    """The page *Pay Now Settings*.

    Odoo's general settings are for system administrators only; this page gives
    accounting administrators the same switches.
    """

    _name = "paynow.settings"
    _inherit = "paynow.settings.mixin"
    _description = "Pay Now Settings"

    @api.depends("company_id")
    def _compute_display_name(self):
        for settings in self:
            settings.display_name = self.env._(
                "Pay Now Settings: %(company)s", company=settings.company_id.name
            )

    @api.constrains("company_id")
    def _check_own_company(self):
        """Refuse the settings of a company that the user doesn't work for."""
        self._paynow_check_access(self.company_id)

    def onchange(self, values, field_names, fields_spec):
        """Override of `web` to show no settings of another company, either."""
        self.check_access("read")
        self._paynow_check_access(
            self.env["res.company"].browse(values.get("company_id") or [])
        )
        return super().onchange(values, field_names, fields_spec)

    def _paynow_check_access(self, companies):
        """Check that the user works for these companies.

        :param res.company companies: The companies.
        :raise AccessError: If not.
        """
        user = self.env.user  # Odoo checks constraints in sudo mode.
        if not user._is_superuser() and companies - user.company_ids:
            raise AccessError(
                self.env._("These are settings of a company that you don't work for.")
            )

    @api.model
    def action_open(self):
        """Return the action that opens the settings of the current company.

        :rtype: dict
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "paynow_module.paynow_settings_action"
        )
        return {**action, "res_id": self.create({}).id}
