# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..payment.payment_provider import BANK_DEBIT_CODES

SCHEMES = [
    ("us_consumer", "United States, consumer"),
    ("us_business", "United States, business"),
    ("ca_personal", "Canada, personal"),
    ("ca_business", "Canada, business"),
    ("sepa", "SEPA"),
    ("other", "Elsewhere"),
]
KINDS = [
    ("once", "This one payment"),
    ("invoices", "These invoices"),
    ("standing", "All invoices to come"),
]
MEDIA = [("bank", "Bank account"), ("card", "Card")]
#: What a text may name, and what stands there.
PLACES = {
    "company": "who is authorized",
    "contact": "how to reach them, to ask or to revoke",
    "client": "who authorizes",
    "method": "the bank account or card",
    "what": "what is paid, how much and when, in sentences of their own",
    "amount": "the amount of one payment",
    "date": "the day of the authorization",
    "days": "the days of notice before a payment",
    "reference": "the number of the mandate",
}
PLACE = re.compile(r"{([^{}]*)}")


class PaynowMandateText(models.Model):
    """The words of an authorization, for a country and a kind of payment.

    How they are filled in: `paynow_mandate_text_words.py`; how they change:
    `paynow_mandate_text_version.py`.
    """

    _name = "paynow.mandate.text"
    _description = "Pay Now Mandate Text"
    _order = "scheme, medium, kind, version desc, id desc"
    _rec_name = "body"

    company_id = fields.Many2one(
        comodel_name="res.company",
        help="Only for this company; empty for all that have no words of their own.",
        default=lambda self: self.env.company,
        index="btree_not_null",
        ondelete="cascade",
    )
    scheme = fields.Selection(string="Country", selection=SCHEMES, required=True)
    medium = fields.Selection(string="From", selection=MEDIA, required=True)
    kind = fields.Selection(string="For", selection=KINDS, required=True)
    version = fields.Integer(default=1, readonly=True, aggregator=None)
    active = fields.Boolean(default=True, readonly=True)
    notice_days = fields.Integer(
        string="Days of notice",
        help="How many days before each payment the client is told the amount and the"
        " day. No payment is made sooner; 0 where none is required.",
    )
    body = fields.Text(string="Words", required=True, translate=True)

    @api.depends("scheme", "medium", "kind", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Name what it is for, as the words themselves are too long for a name."""
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("scheme", "medium", "kind")
        }
        for text in self:
            parts = [labels[name].get(text[name]) for name in labels]
            text.display_name = " · ".join(filter(None, [*parts, str(text.version)]))

    @api.model
    def _get_scheme(self, company, partner):
        """Return whose rules a client's authorization falls under.

        :param res.company company: The company that is paid.
        :param res.partner partner: The client.
        :return: See `SCHEMES`.
        :rtype: str
        """
        client = partner.commercial_partner_id
        country = partner.country_id or client.country_id or company.country_id
        country.fetch(["code"])  # Not its name in each language, and how it writes.
        if country.code == "US":
            return "us_business" if client.is_company else "us_consumer"
        if country.code == "CA":
            return "ca_business" if client.is_company else "ca_personal"
        sepa = self.env.ref("base.sepa_zone", raise_if_not_found=False)
        return "sepa" if sepa and country in sepa.country_ids else "other"

    @api.model
    def _get_medium(self, method_code):
        """Return what is debited by a payment method: a bank account, or a card.

        :param str method_code: The code of the payment method.
        :rtype: str
        """
        return "bank" if method_code in BANK_DEBIT_CODES else "card"

    @api.constrains("body", "notice_days")
    def _check_body(self):
        """Refuse words with a place that nobody fills in."""
        for text in self:
            places = PLACE.findall(text.body)
            unknown = [f"{{{place}}}" for place in places if place not in PLACES]
            unknown += re.findall(r"[{}]", PLACE.sub("", text.body))
            if unknown:
                raise ValidationError(
                    self.env._(
                        "Nobody fills in %(place)s. What you may write: %(places)s.",
                        place=unknown[0],
                        places=", ".join(f"{{{place}}}" for place in PLACES),
                    )
                )
            if not 0 <= text.notice_days <= 30:
                raise ValidationError(self.env._("Choose 0 to 30 days of notice."))
