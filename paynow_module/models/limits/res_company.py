# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields, models

WINDOW = 10  # Minutes over which attempts are counted.
CALM = timedelta(minutes=30)  # Without need, a level falls by one after this time.

# The kind of attempts, how many of them in the window, and the level they call for.
THRESHOLDS = [
    ("lookup_failed", 60, "1_captcha"),
    ("lookup_failed", 150, "2_links"),
    ("payment_declined", 10, "1_captcha"),
    ("payment_declined", 15, "2_links"),
    ("payment_declined", 25, "3_no_card"),
]


class ResCompany(models.Model):
    """The safety level of the page."""

    _inherit = "res.company"

    def _paynow_update_safety(self):
        """Raise the safety level as far as the latest attempts call for it.

        Without need it falls one level at a time, each after a calm half hour.
        """
        levels = list(dict(self._fields["paynow_safety_level"].selection))
        now = fields.Datetime.now()
        for company in self:
            counts = {
                kind: self.env["paynow.attempt"]._count_recent(company, kind, WINDOW)
                for kind in dict.fromkeys(kind for kind, _times, _level in THRESHOLDS)
            }
            needed = max(
                [level for kind, times, level in THRESHOLDS if counts[kind] >= times],
                default=levels[0],
            )
            current = company.paynow_safety_level
            since = company.paynow_safety_date
            if needed > current:
                company._paynow_set_safety(needed)
            elif needed == current:
                company.paynow_safety_date = current != levels[0] and now
            elif not since or since <= now - CALM:
                company._paynow_set_safety(levels[levels.index(current) - 1])

    def _paynow_takes_lookups(self):
        """Tell whether invoices can be looked up at the present safety level.

        Where a captcha is called for and the website has none, they can't.

        :rtype: bool
        """
        self.ensure_one()
        level = self.paynow_safety_level
        return level < "1_captcha" or (level < "2_links" and self._paynow_has_captcha())

    def _paynow_has_captcha(self):
        """Tell whether a captcha of Odoo is set up: reCAPTCHA or Turnstile.

        :rtype: bool
        """
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return bool(
            (get_param("recaptcha_private_key") and get_param("recaptcha_public_key"))
            or get_param("cf.turnstile_secret_key")
        )

    def _paynow_set_safety(self, level):
        """Change the safety level and tell the administrator.

        :param str level: One of the selection.
        """
        self.ensure_one()
        self.paynow_safety_level = level
        administrator = self._paynow_get_administrator()
        self = self.with_context(lang=administrator.lang or "en_US")
        label = dict(
            self._fields["paynow_safety_level"]._description_selection(self.env)
        )[level]
        self.partner_id.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Pay Now: safety level is now: %(level)s", level=label),
            note=self.env._(
                "The level follows the failed look-ups and declined payments of the"
                " last minutes. See Pay Now Settings and the list of attempts."
            ),
            user_id=administrator.id,
        )
