# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...const import MAX_DAYS
from ...utils import is_safe_link

DEFAULT_LOGIN_LABEL = "LOG IN"
DEFAULT_LOGIN_URL = "/web/login"
#: What the public page shows; it is kept, with website pages and their menus.
PAGE_FIELDS = (
    "email",
    "paynow_enabled",
    "paynow_login_label",
    "paynow_login_url",
    "phone",
)


class ResCompany(models.Model):
    _inherit = "res.company"

    paynow_enabled = fields.Boolean(
        string="Enable Pay Now",
        help="Clients pay invoices of this company at /PAYNOW without logging in.",
    )
    paynow_login_label = fields.Char(
        string="LOG IN text",
        default=DEFAULT_LOGIN_LABEL,
        translate=True,
        help="The text of the button that leads clients to their account.",
    )
    paynow_login_url = fields.Char(
        string="LOG IN link",
        default=DEFAULT_LOGIN_URL,
        help="Where the button leads: a page of this website, such as /web/login, or an"
        " address that starts with https://.",
    )
    paynow_email_links = fields.Boolean(
        string="Include Pay Now link in organization emails",
        help="Mails made from templates on invoices carry a Pay Invoice button, with a"
        " link that opens the page filled in.",
    )
    paynow_invoice_delivery_enabled = fields.Boolean(
        string="Individual Invoice Notifications",
        help="Invoices are sent with the New Invoice mail of Pay Now, by hand and"
        " automatically.",
    )
    paynow_past_due_enabled = fields.Boolean(
        string="Past Due Notifications",
        help="Clients are reminded of an invoice on the days after its due date, each"
        " once; not while a payment is on its way, or reminders are on hold.",
    )
    paynow_past_due_days = fields.Char(
        string="Days after the due date",
        default="1,15,30",
        help="The days after the due date on which a reminder is due, separated by"
        " commas.",
    )
    paynow_summary_enabled = fields.Boolean(
        string="Account Summary",
        help="Each client who owes something gets a mail with all that is open.",
    )
    paynow_summary_interval = fields.Selection(
        string="Account Summary interval",
        selection=[("weekly", "Weekly"), ("monthly", "Monthly")],
        default="monthly",
        required=True,
    )

    paynow_link_days = fields.Integer(
        string="Days a mailed link works",
        default=90,
        help="After this many days a Pay Now link in a mail opens the page with a"
        " friendly note only.",
    )
    paynow_attempt_days = fields.Integer(
        string="Days attempts are kept",
        default=30,
        help="Look-ups and payment tries are kept for this many days, with keyed"
        " hashes in place of what was typed, and then deleted.",
    )
    paynow_guard_portal = fields.Boolean(
        string="No overpayment in the customer portal",
        help="Payments of invoices in Odoo's own customer portal are refused, too, when"
        " they are more than what is still to pay, payments under way deducted.",
    )
    paynow_safety_level = fields.Selection(
        string="Safety level",
        selection=[
            ("0_normal", "Normal"),
            ("1_captcha", "Captcha on every look-up and payment"),
            ("2_links", "Mailed links only"),
            ("3_no_card", "Cards hidden, bank payments stay"),
        ],
        default="0_normal",
        required=True,
        help="Rises by itself to the captcha while strangers try numbers, and falls by"
        " itself when they have stopped. Where the website has no captcha, browsers"
        " work for some seconds before each look-up. Set by hand, each level includes"
        " those before it.",
    )
    paynow_safety_date = fields.Datetime(string="Safety level since", readonly=True)

    @api.constrains("paynow_link_days", "paynow_attempt_days")
    def _check_paynow_periods(self):
        """Refuse periods that make no sense."""
        self._paynow_check_number("paynow_link_days", 1, MAX_DAYS)
        self._paynow_check_number("paynow_attempt_days", 1, MAX_DAYS)

    def _paynow_check_number(self, name, least, most):
        """Refuse a setting that is out of bounds.

        :param str name: The name of the field.
        :param int least: The least that it may be.
        :param int most: The most that it may be.
        :raise ValidationError: If it is out of them.
        """
        for company in self:
            if not least <= company[name] <= most:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” can't be %(value)s: enter a number from %(least)s"
                        " to %(most)s.",
                        field=self._fields[name]._description_string(self.env),
                        value=company[name],
                        least=least,
                        most=most,
                    )
                )

    @api.constrains("paynow_login_url")
    def _check_paynow_login_url(self):
        """Refuse a LOG IN link that could run a script or lead to a trap."""
        for company in self:
            if company.paynow_login_url and not is_safe_link(company.paynow_login_url):
                raise ValidationError(
                    self.env._(
                        "The LOG IN link must be a page of this website, such as"
                        " /web/login, or an address that starts with https://."
                    )
                )

    @api.constrains("paynow_past_due_days")
    def _check_paynow_past_due_days(self):
        """Refuse days that are not a list of different whole numbers from 1 on."""
        for company in self:
            days = (company.paynow_past_due_days or "").split(",")
            numbers = [int(day) for day in days if day.strip().isdecimal()]
            if len(set(numbers)) != len(days) or min(numbers) < 1:
                raise ValidationError(
                    self.env._(
                        "“Days after the due date” can't be “%(value)s”: enter"
                        " different whole numbers from 1 on, separated by commas, for"
                        " example 1,15,30.",
                        value=company.paynow_past_due_days or "",
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to keep the settings to those who may change them."""
        for vals in vals_list:
            self._check_paynow_access(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Override of `base` to give the Pay Now settings to accounting administrators.

        They may change these settings of their own companies and nothing else there.
        """
        self._check_paynow_access(vals)
        if set(PAGE_FIELDS) & set(vals):
            self.env.registry.clear_cache("templates")
        # The settings page writes it, whatever was changed there.
        level = vals.get("paynow_safety_level")
        if level and any(each.paynow_safety_level != level for each in self.sudo()):
            vals = {**vals, "paynow_safety_date": fields.Datetime.now()}
        if (
            not self.env.su
            and any(name.startswith("paynow_") for name in vals)
            and all(name.startswith("paynow_") for name in vals)
            and self <= self.env.user.company_ids
        ):
            # In sudo mode as accounting administrators can't write on companies.
            return super(ResCompany, self.sudo()).write(vals)
        return super().write(vals)

    def _check_paynow_access(self, vals):
        """Check that the user may change the Pay Now settings among the values.

        :param dict vals: The values to write.
        :raise AccessError: If they may not.
        """
        if (
            not self.env.su
            and any(name.startswith("paynow_") for name in vals)
            and not self.env.user.has_group("account.group_account_manager")
            and not self.env.user.has_group("base.group_system")
        ):
            raise AccessError(
                self.env._(
                    "Only accounting and system administrators may change the Pay Now"
                    " settings."
                )
            )

    def _paynow_get_ways_on(self):
        """Return the ways on that every public page offers: the account, the company.

        :return: The LOG IN button with `phone` and `email` of the company.
        :rtype: dict
        """
        self.ensure_one()
        button = self._paynow_get_login_button()
        return {**button, "phone": self.phone, "email": self.email}

    def _paynow_get_login_button(self):
        """Return what the LOG IN button of the public page shows and where it leads.

        :return: The values, as {'label': str, 'url': str}.
        :rtype: dict
        """
        self.ensure_one()
        label = self.paynow_login_label
        if not label or label == DEFAULT_LOGIN_LABEL:
            label = self.env._("LOG IN")  # Each visitor reads it in their language.
        return {"label": label, "url": self.paynow_login_url or DEFAULT_LOGIN_URL}
