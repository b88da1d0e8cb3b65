# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

#: What staff may change of a saved card; the rest is between provider and platform.
CARD_FIELDS = {
    "paynow_brand",
    "paynow_expiry_month",
    "paynow_expiry_year",
    "paynow_nickname",
}


class PaymentToken(models.Model):
    """What is known of a saved card: its brand, when it expires, its owner's name."""

    _inherit = "payment.token"

    paynow_brand = fields.Char(
        string="Brand", help="The card's brand, as the provider tells it."
    )
    paynow_expiry_month = fields.Integer(string="Expiry month", aggregator=None)
    paynow_expiry_year = fields.Integer(string="Expiry year", aggregator=None)
    paynow_nickname = fields.Char(
        string="Nickname",
        help="The name that the client gave it, such as Office card.",
        size=40,
    )
    paynow_expiry_date = fields.Date(
        string="Expires after",
        help="The last day of the month in which the card expires.",
        compute="_compute_paynow_expiry_date",
        store=True,
        index="btree_not_null",
    )
    paynow_expiration = fields.Char(
        string="Expiration", compute="_compute_paynow_expiration"
    )
    paynow_expiry_state = fields.Selection(
        string="Card",
        selection=[
            ("valid", "Valid"),
            ("expiring", "Expiring Soon"),
            ("expired", "Expired"),
        ],
        help="Expiring Soon starts as many days before as the Pay Now settings say.",
        compute="_compute_paynow_expiry_state",
        search="_search_paynow_expiry_state",
    )

    @api.depends("paynow_expiry_month", "paynow_expiry_year")
    def _compute_paynow_expiry_date(self):
        for token in self:
            month, year = token.paynow_expiry_month, token.paynow_expiry_year
            if 1 <= month <= 12 and year:
                token.paynow_expiry_date = fields.Date.to_date(
                    f"{year:04}-{month:02}-01"
                ) + relativedelta(day=31)
            else:
                token.paynow_expiry_date = False

    @api.depends("paynow_expiry_date")
    def _compute_paynow_expiration(self):
        for token in self:
            date = token.paynow_expiry_date
            token.paynow_expiration = f"{date.month}/{date.year}" if date else False

    @api.depends("paynow_expiry_date", "company_id.paynow_card_days")
    def _compute_paynow_expiry_state(self):
        for company, tokens in self.grouped("company_id").items():
            if not company:
                tokens.paynow_expiry_state = False
                continue
            company_sudo = company.sudo()  # Clients can't read the settings.
            today = company_sudo._paynow_get_today()
            soon = today + timedelta(days=company_sudo.paynow_card_days)
            for token in tokens:
                date = token.paynow_expiry_date
                if not date:
                    token.paynow_expiry_state = False
                elif date < today:
                    token.paynow_expiry_state = "expired"
                else:
                    token.paynow_expiry_state = "expiring" if date <= soon else "valid"

    def _search_paynow_expiry_state(self, operator, value):
        """Search by the state of cards: each company has its own day and setting."""
        if operator != "in":
            return NotImplemented
        domains = []
        # In sudo mode for the settings; which cards are found is up to their rules.
        all_sudo = self.sudo().with_context(active_test=False)
        for (company_sudo,) in all_sudo._read_group([], ["company_id"]):
            today = company_sudo._paynow_get_today()
            soon = today + timedelta(days=company_sudo.paynow_card_days)
            by_state = {
                "expired": Domain("paynow_expiry_date", "<", today),
                "expiring": Domain("paynow_expiry_date", ">=", today)
                & Domain("paynow_expiry_date", "<=", soon),
                "valid": Domain("paynow_expiry_date", ">", soon),
                False: Domain("paynow_expiry_date", "=", False),
            }
            states = Domain.OR(by_state[state] for state in value if state in by_state)
            domains.append(Domain("company_id", "=", company_sudo.id) & states)
        return Domain.OR(domains)

    @api.constrains("paynow_expiry_month", "paynow_expiry_year")
    def _check_paynow_expiry(self):
        """Refuse months and years that no card bears; both may be unknown."""
        for token in self:
            month, year = token.paynow_expiry_month, token.paynow_expiry_year
            if (month or year) and not (1 <= month <= 12 and 2000 <= year <= 2099):
                raise ValidationError(
                    self.env._(
                        "Write the expiry as month and year, for example 6 and 2031."
                    )
                )

    def write(self, vals):
        """Override of `payment` to let invoicing staff change what is on a card only.

        They have access for that; all else stays with system administrators.
        """
        if (
            not self.env.su
            and set(vals) - CARD_FIELDS
            and not self.env.user.has_group("base.group_system")
        ):
            raise AccessError(
                self.env._("Only nickname, brand and expiry of a card can be changed.")
            )
        return super().write(vals)

    def _paynow_is_autopay(self):
        """Tell whether an automatic payment is set to use this saved method.

        To have it count as in use for another purpose, override this method.

        :rtype: bool
        """
        self.ensure_one()
        return False

    def _paynow_get_type(self):
        """Return the kind of this saved method in words, for its owner: its brand.

        :rtype: str
        """
        self.ensure_one()
        return self.paynow_brand or self.payment_method_id.name

    def _paynow_get_name(self):
        """Return the name by which its owner knows this saved method.

        :rtype: str
        """
        self.ensure_one()
        return self.paynow_nickname or self.display_name

    def _paynow_get_portal_card(self):
        """Return what the customer portal shows besides Odoo's own of a saved method.

        :return: The values, as {'nickname': str|bool, 'expiration': str|bool,
            'state': str|bool}; None where Pay Now is off.
        :rtype: dict|None
        """
        self.ensure_one()
        if not self.company_id.paynow_enabled:
            return None
        return {
            "nickname": self.paynow_nickname,
            "expiration": self.paynow_expiration,
            "state": self.paynow_expiry_state,
        }

    @api.model
    def _paynow_rename(self, partner, token_id, nickname):
        """Give a saved method a name, if it is this partner's or their company's.

        Those are the methods that Odoo's page lists for them and lets them delete.

        :param res.partner partner: The partner of the user.
        :param int token_id: The saved method.
        :param str nickname: Its new name, possibly empty.
        :return: Whether it was found.
        :rtype: bool
        """
        owners = partner | partner.sudo().commercial_partner_id
        token_sudo = self.sudo().search(
            [("id", "=", token_id), ("partner_id", "in", owners.ids)]
        )  # In sudo mode as portal users can't write on what is theirs.
        if not token_sudo.company_id.paynow_enabled:
            return False
        name = "".join(char if char.isprintable() else " " for char in nickname)
        token_sudo.paynow_nickname = " ".join(name.split())[:40] or False
        return True

    @api.model
    def _paynow_get_expiring_domain(self, company):
        """Return the domain of the saved cards that have expired or soon will.

        :param res.company company: The company that the cards are saved with.
        :rtype: list
        """
        soon = company._paynow_get_today() + timedelta(days=company.paynow_card_days)
        return [
            ("company_id", "parent_of", company.ids),
            ("paynow_expiry_date", "<=", soon),
            ("provider_id.state", "!=", "disabled"),
        ]

    @api.model
    def _paynow_get_expiring_cards(self, company, clients):
        """Return the saved cards of clients that have expired or soon will.

        :param res.company company: The company that the cards are saved with.
        :param res.partner clients: The clients, as the commercial partners.
        :return: One dict for each card of each client who has one, as {'is_expired':
            bool, 'type': str, 'nickname': str, 'expiration': str ('6/2023')}, the first
            to expire first.
        :rtype: dict[res.partner, list[dict]]
        """
        tokens_sudo = self.sudo().search(
            [
                *self._paynow_get_expiring_domain(company),
                ("partner_id.commercial_partner_id", "in", clients.ids),
            ],
            order="paynow_expiry_date, id",
        )  # In sudo mode as who reads the summary may not read saved methods.
        today = company._paynow_get_today()
        cards = {}
        for token_sudo in tokens_sudo:
            client = token_sudo.partner_id.commercial_partner_id
            cards.setdefault(client, []).append(
                {
                    "is_expired": token_sudo.paynow_expiry_date < today,
                    "type": token_sudo._paynow_get_type(),
                    "nickname": token_sudo._paynow_get_name(),
                    "expiration": token_sudo.paynow_expiration,
                }
            )
        return cards
