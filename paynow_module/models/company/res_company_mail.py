# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from textwrap import shorten

from markupsafe import Markup

from odoo import models

from .mail_mail import DAY

DEFAULT_BACKGROUND = "#875A7B"  # As in Odoo's own mails.
DEFAULT_COLOR = "#FFFFFF"
# Word, which shows the mails of Outlook, knows no greatest width.
OUTLOOK_BEGIN = Markup(
    '<!--[if mso]><table role="presentation" width="600" align="center"><tr><td>'
    "<![endif]-->"
)
OUTLOOK_END = Markup("<!--[if mso]></td></tr></table><![endif]-->")


class ResCompany(models.Model):
    """How the mails of a company look and where they lead."""

    _inherit = "res.company"

    def _paynow_get_portal_url(self):
        """Return where *GO TO PORTAL* leads: to the LOG IN link, as a full address.

        :rtype: str
        """
        self.ensure_one()
        url = self.sudo()._paynow_get_login_button()["url"]  # Settings: no secret.
        site = self._paynow_get_site_url() or self.get_base_url()
        return f"{site}{url}" if url.startswith("/") else url

    def _paynow_get_mail_look(self, record=None, message=None):
        """Return what the layout of our mails shows of this company, as plain values.

        :param models.Model|None record: What the mail is about.
        :param mail.message|None message: The mail's message.
        :return: The mail colors as `background` and `color`, `portal_url`, `logo_url`
            (falsy: its name stands there), the lines of its `address`, its `phone` as
            a telephone dials it, `lang` and `direction` as HTML names them, the
            `preheader` that mail programs show beside the subject, and the table that
            only Word sees around the card, as `outlook_begin` and `outlook_end`.
        :rtype: dict
        """
        self.ensure_one()
        company_sudo = self.sudo()  # None of it is a secret, the mail tells it all.
        address = company_sudo.partner_id._display_address(without_company=True)
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return {
            "background": company_sudo.email_secondary_color or DEFAULT_BACKGROUND,
            "color": company_sudo.email_primary_color or DEFAULT_COLOR,
            "portal_url": self._paynow_get_portal_url(),
            "logo_url": not company_sudo.uses_default_logo
            and f"{self.get_base_url()}/logo.png?company={self.id}",
            "address": [part.strip() for part in address.split("\n") if part.strip()],
            "phone": re.sub(r"[^\d+]", "", company_sudo.phone or ""),
            "lang": (lang.code or "en_US").partition("@")[0].replace("_", "-"),
            "direction": lang.direction or "ltr",
            "preheader": self._paynow_get_preheader(record, message),
            "outlook_begin": OUTLOOK_BEGIN,
            "outlook_end": OUTLOOK_END,
        }

    def _paynow_get_preheader(self, record, message):
        """Return the line that mail programs show beside the subject of a mail.

        By default it is the beginning of the text. Other modules override it for what
        tells more in a line, as `mails` does of invoices.

        :param models.Model|None record: What the mail is about.
        :param mail.message|None message: The mail's message.
        :rtype: str
        """
        return shorten(message.preview or "", 100, placeholder="…") if message else ""

    def _paynow_prepare_mail(self, template, email, user=None, patience=DAY):
        """Return the values of a mail of this company that no template decides on.

        It is of the company's alias domain, whoever's queue it is sent from.

        :param mail.template template: The template; where it says who gets the answers,
            they do.
        :param str email: The recipients, separated by commas.
        :param res.users user: The salesperson, who gets the answers while they work for
            this company; else it does.
        :param int patience: For how long it is of use, in minutes; see `mail.mail`.
        :rtype: dict
        """
        self.ensure_one()
        values = {
            "email_to": email,
            "record_company_id": self.id,
            "record_alias_domain_id": self.alias_domain_id.id,
            "paynow_patience": patience,
        }
        if not template.reply_to:
            is_known = user and self._paynow_employs(user)
            values["reply_to"] = (
                is_known and user.sudo().email_formatted
            ) or self.email_formatted
        return values

    def _paynow_tell_lost_mails(self, count):
        """Ask an accounting administrator, once, to look after mails that are lost.

        :param int count: How many there are.
        """
        self.ensure_one()
        user = self._paynow_get_administrator()
        staff_self = self.with_context(lang=user.lang or "en_US")
        summary = staff_self.env._("Pay Now: mails could not be sent")
        if summary in self.partner_id.activity_ids.mapped("summary"):
            return
        self.partner_id._paynow_schedule(
            self,
            user,
            summary=summary,
            note=staff_self.env._(
                "%(count)s mails of %(company)s to clients were not sent: the mail"
                " server did not take them for a day, or it is not known whether it"
                " has. Settings ▸ Technical ▸ Emails names the reason of each; once"
                " the server works, Retry sends it. Pay Now Notices lists reminders"
                " and account summaries.",
                count=count,
                company=self.name,
            ),
        )
