# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from typing import NamedTuple

from odoo import api, models
from odoo.tools import format_date

from .paynow_mandate_text import PLACE


class Words(NamedTuple):
    """What a client reads before they authorize something."""

    #: The version of the words, sudoed as clients can't read it.
    text_sudo: models.Model
    #: The words, filled in.
    text: str

    @property
    def values(self):
        """What a mandate keeps of them, see `_authorize`."""
        return {
            "scheme": self.text_sudo.env.context["paynow_scheme"],
            "text_id": self.text_sudo.id,
            "text": self.text,
            "notice_days": self.text_sudo.notice_days,
            "lang": self.text_sudo.env.lang,
        }


class PaynowMandateText(models.Model):
    """Which words a client reads, and what stands in their places."""

    _inherit = "paynow.mandate.text"

    @api.model
    def _get_words(self, company, scheme, medium, kind):
        """Return the words that hold now: the company's own, else those of all.

        Where a country has none, as for cards, those of everywhere else hold.

        :param res.company company: The company that is paid.
        :param str scheme: See `SCHEMES`.
        :param str medium: See `MEDIA`.
        :param str kind: See `KINDS`.
        :rtype: paynow.mandate.text
        """
        texts = self.search_fetch(
            [
                ("company_id", "in", (company.id, False)),
                ("scheme", "in", (scheme, "other")),
                ("medium", "=", medium),
                ("kind", "=", kind),
                ("active", "=", True),
            ],
            ["body", "company_id", "notice_days", "scheme", "version"],
        )
        return texts.sorted(
            lambda text: (
                text.scheme == scheme,
                bool(text.company_id),
                text.version,
                text.id,
            )
        )[-1:]

    @api.model
    def _prepare(self, company, partner, medium, kind, **values):
        """Return what a client reads before they authorize something.

        It is in the language of the environment.

        :param res.company company: The company that is paid.
        :param res.partner partner: The client.
        :param str medium: See `MEDIA`.
        :param str kind: See `KINDS`.
        :param dict values: What stands in the places: `what` and `method`, and `amount`
            and `reference` where they are known.
        :rtype: Words
        """
        company_sudo = company.sudo()  # Clients can't read all of it.
        partner_sudo = partner.sudo()
        scheme = self._get_scheme(company_sudo, partner_sudo)
        # In sudo mode as clients can't read the words but where they are shown.
        text_sudo = self.sudo()._get_words(company, scheme, medium, kind)
        text = text_sudo._render_words(
            {
                "company": company_sudo.name,
                "contact": self._get_contact(company_sudo),
                "client": partner_sudo.commercial_partner_id.name or "",
                "date": format_date(self.env, company_sudo._paynow_get_today()),
                "days": text_sudo.notice_days,
                "amount": self.env._("what is owed"),
                "reference": self.env._("the one on the receipt or copy"),
                **values,
            }
        )
        return Words(text_sudo.with_context(paynow_scheme=scheme), text)

    @api.model
    def _get_contact(self, company):
        """Return how a company is reached by who wants to ask or to revoke.

        :param res.company company: The company.
        :rtype: str
        """
        ways = [way for way in (company.email, company.phone) if way]
        return ", ".join(ways or [company._paynow_get_portal_url()])

    def _render_words(self, values):
        """Return these words in the language of the environment, filled in.

        :param dict values: What stands in each of `PLACES`.
        :rtype: str
        """
        self.ensure_one()
        lines = self.body.strip().splitlines()  # As browsers have them.
        return PLACE.sub(
            lambda match: str(values.get(match[1], match[0])), "\n".join(lines)
        )
