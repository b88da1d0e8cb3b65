# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields, models

from ...utils import format_wait

WINDOW = 10  # Minutes over which attempts are counted.
CALM = timedelta(minutes=30)  # Without need, a level falls by one after this time.

# From how many networks look-ups failed in the window, and the level that calls for.
# None that closes the page: so many networks are cheap, and clients would pay for it.
MAX_FAILURES = 60
FAILURES_LEVEL = "1_captcha"
# From how many networks payments were declined in the window, until cards are hidden.
MAX_DECLINES = 25


class ResCompany(models.Model):
    """The safety level of the page."""

    _inherit = "res.company"

    paynow_cards_hidden_until = fields.Datetime(
        string="Cards hidden until",
        help="Moves on by itself while strangers try cards: only bank payments are"
        " offered until then. Empty it to show cards again.",
    )

    def _paynow_update_safety(self):
        """Raise the safety level as far as the latest attempts call for it.

        Without need it falls one level at a time, each after a calm half hour. Declined
        payments only hide cards: they are no reason to keep anybody from looking up.
        """
        levels = list(dict(self._fields["paynow_safety_level"].selection))
        now = fields.Datetime.now()
        for company in self:
            Attempt = self.env["paynow.attempt"]
            if Attempt._count_recent(company, "payment_declined", WINDOW) >= (
                MAX_DECLINES
            ):
                company._paynow_hide_cards()
            count = Attempt._count_recent(company, "lookup_failed", WINDOW)
            needed = FAILURES_LEVEL if count >= MAX_FAILURES else levels[0]
            current = company.paynow_safety_level
            since = company.paynow_safety_date
            if needed > current:
                company._paynow_set_safety(needed)
            elif needed == current:
                company.paynow_safety_date = current != levels[0] and now
            elif not since or since <= now - CALM:
                company._paynow_set_safety(levels[levels.index(current) - 1])

    def _paynow_hides_cards(self):
        """Tell whether only bank payments are offered now.

        :rtype: bool
        """
        self.ensure_one()
        until = self.paynow_cards_hidden_until
        is_hidden = bool(until) and until > fields.Datetime.now()
        return is_hidden or self.paynow_safety_level >= "3_no_card"

    def _paynow_hide_cards(self):
        """Hide cards for a while; tell the administrator when that begins."""
        self.ensure_one()
        was_hidden = self._paynow_hides_cards()
        self.paynow_cards_hidden_until = fields.Datetime.now() + CALM
        if was_hidden:
            return
        administrator = self._paynow_get_administrator()
        self = self.with_context(lang=administrator.lang or "en_US")
        self.partner_id._paynow_schedule(
            self,
            administrator,
            summary=self.env._("Pay Now: cards are hidden"),
            note=self.env._(
                "Many payments were declined, from many networks: somebody tries cards."
                " Only bank payments are offered now, and cards again after"
                " %(time)s without so many declines. See Pay Now Settings and the list"
                " of attempts.",
                time=format_wait(CALM.total_seconds(), self.env.lang),
            ),
        )

    def _paynow_takes_lookups(self):
        """Tell whether invoices can be looked up at the present safety level.

        :rtype: bool
        """
        self.ensure_one()
        return self.paynow_safety_level < "2_links"

    def _paynow_needs_work(self):
        """Tell whether browsers work before each look-up, in place of a captcha.

        :rtype: bool
        """
        self.ensure_one()
        is_calm = self.paynow_safety_level < "1_captcha"
        return not is_calm and not self._paynow_has_captcha()

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
        self.partner_id._paynow_schedule(
            self,
            administrator,
            summary=self.env._("Pay Now: safety level is now: %(level)s", level=label),
            note=self.env._(
                "The level follows the networks from which look-ups failed in the last"
                " minutes. See Pay Now Settings and the list of attempts."
            ),
        )
