# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models
from odoo.tools import email_normalize_all

from ...const import PAYABLE_TYPES
from ...exceptions import PaynowRefusal
from ...invoice_number import (
    find_number,
    get_reference_spellings,
    read_number,
    strip_blanks,
)
from ...utils import normalize_email

#: What a payment asks of a client, who has a hundred columns more.
PAYER_FIELDS = (
    "active",
    "city",
    "commercial_partner_id",
    "company_id",
    "country_id",
    "email",
    "is_company",
    "lang",
    "name",
    "parent_id",
    "paynow_link_key",
    "phone",
    "state_id",
    "street",
    "tz",
    "zip",
)
MAX_FOUND = 100
MAX_REFERRED = 3  # More than one is too many, but one may be another client's.


class AccountMove(models.Model):
    """Which invoice a stranger means. How much they may pay: `account_move.py`."""

    _inherit = "account.move"

    # Beside that of posted numbers, so that both are looked for at once; the platform's
    # own is made for parts of a reference, and not everywhere.
    _paynow_reference_idx = models.Index("(payment_reference) WHERE state = 'posted'")

    @api.model
    def _paynow_lookup(self, company, email, number, amount, visitor=None):
        """Return the invoice that the three fields of the public page name.

        Whatever is wrong with the pair of address and number, the refusal is the same;
        the amount is judged only once the pair is proven.

        :param res.company company: The company of the website.
        :param str email: The billing address, as typed.
        :param str number: The number of the invoice, as typed.
        :param str amount: The amount to pay, as typed in the language of the context.
        :param str visitor: See `_paynow_get_payable`.
        :return: The sudoed invoice and the amount in its currency.
        :rtype: tuple[account.move, float]
        :raise PaynowRefusal: If there is none, or the amount can't be paid.
        """
        invoice_sudo = self._paynow_match(company, email, number)
        if not invoice_sudo:
            message = self.env._(
                "We found no open invoice with this number for this e-mail"
                " address. Please check both: the number must be exactly as on the"
                " invoice, the address one that the company has on file for you."
            )
            # By what was typed alone, so it tells nothing of what there is.
            if meant := find_number(read_number(number)):
                hint = self.env._(
                    "If the number is %(number)s, please type %(number)s alone, without"
                    " the word before it.",
                    number=meant,
                )
                message = f"{message} {hint}"
            raise PaynowRefusal(message)
        invoice_sudo = invoice_sudo._paynow_for_visitor()
        return invoice_sudo, invoice_sudo._paynow_check_amount(amount, visitor)

    @api.model
    def _paynow_match(self, company, email, number):
        """Return the open invoice with this number and this address, if any.

        :param res.company company: The company of the invoice.
        :param str email: One address; case and surrounding spaces don't matter.
        :param str number: The number or payment reference, exact but for blanks around
            it, and within a structured reference.
        :return: The sudoed invoice; empty if there is none, or more than one.
        :rtype: account.move
        """
        email = normalize_email(email)
        number = read_number(number)
        invoices_sudo = self._paynow_find_sudo(company, number)
        # Where no invoice has the number, another one is looked at in its place: the
        # time that the answer takes must not tell.
        decoy_sudo = self.sudo()._paynow_get_decoy(company)
        matches_sudo = self.sudo().browse()
        for invoice_sudo in invoices_sudo or decoy_sudo:
            is_match = email in invoice_sudo._paynow_get_payer_emails()
            if (
                is_match
                and invoice_sudo in invoices_sudo
                and invoice_sudo._paynow_is_open()
            ):
                matches_sudo |= invoice_sudo
        # What is typed is the number, if it can be: references may be those of others.
        numbered_sudo = matches_sudo.filtered(
            lambda invoice: invoice.name in (number, strip_blanks(number))
        )
        if len(numbered_sudo) > 1:
            numbered_sudo._paynow_note_ambiguity()
        found_sudo = numbered_sudo or matches_sudo
        return found_sudo if len(found_sudo) == 1 else found_sudo.browse()

    @api.model
    def _paynow_find_sudo(self, company, number):
        """Return the invoices that a number or payment reference may mean.

        A client may have one reference on all invoices: then a few stand for all, as
        none of them is meant alone.

        :param res.company company: The company of the website.
        :param str number: The number, as typed.
        :return: Those with the number, then those with the reference; sudoed as
            visitors can't read invoices.
        :rtype: account.move
        """
        found_sudo = self.sudo().search_fetch(
            self._paynow_get_lookup_domain(company, number),
            self._paynow_get_page_fields(),
            limit=MAX_FOUND,
        )
        numbered_sudo = found_sudo.filtered(
            lambda invoice: invoice.name in (number, strip_blanks(number))
        )
        referred_sudo = (found_sudo - numbered_sudo).filtered(
            lambda invoice: invoice.payment_state not in ("paid", "reversed")
        )
        return numbered_sudo + referred_sudo[:MAX_REFERRED]

    @api.model
    def _paynow_get_decoy(self, company):
        """Return any invoice of a company, found at once however many there are.

        :param res.company company: The company.
        :rtype: account.move
        """
        served = company._paynow_get_served()
        Journal = self.env["account.journal"]
        journals = Journal.search(  # A branch may have those of the company above it.
            [("type", "=", "sale"), *Journal._check_company_domain(served)], order="id"
        )
        return self.search_fetch(  # Read, as an invoice that has the number is.
            [
                ("journal_id", "in", journals.ids),
                ("move_type", "in", PAYABLE_TYPES),
                ("company_id", "in", served.ids),
            ],
            self._paynow_get_page_fields(),
            order="journal_id.id",  # By an index; by the id it would read them all.
            limit=1,
        )

    @api.model
    def _paynow_get_lookup_domain(self, company, number):
        """Return the domain of the invoices with a number, or payment reference.

        The state is part of it so that the unique index of posted numbers serves it,
        and that of references.
        """
        plain = strip_blanks(number)
        return [
            "|",
            ("name", "in", list(dict.fromkeys([number, plain]))),
            ("payment_reference", "in", get_reference_spellings(plain)),
            ("state", "=", "posted"),
            ("move_type", "in", PAYABLE_TYPES),
            ("company_id", "in", company._paynow_get_served().ids),
        ]

    def _paynow_get_payer_emails(self):
        """Return the addresses that may pay this invoice, normalized.

        These are all addresses of the invoice's partner, of its commercial entity and
        of that entity's contacts.

        :rtype: set[str]
        """
        self.ensure_one()
        partner = self.partner_id
        partner.sudo().fetch(PAYER_FIELDS)  # As staff may not read the key of links.
        commercial_partner = partner.commercial_partner_id
        contacts = partner.search_fetch(
            [("commercial_partner_id", "=", commercial_partner.id)],
            ["email"],
            order="id",  # That of names takes longer.
        )
        partners = partner | commercial_partner | contacts
        return {
            email
            for partner in partners
            for email in email_normalize_all(partner.email)
        }

    def _paynow_note_ambiguity(self):
        """Ask the people responsible, once, to tell invoices with one number apart."""
        administrator = self.company_id[:1]._paynow_get_administrator()
        staff_self = self.with_context(lang=administrator.lang or "en_US")
        summary = staff_self.env._("Pay Now: two open invoices with the same number")
        for invoice in staff_self:
            if summary in invoice.activity_ids.mapped("summary"):
                continue
            invoice._paynow_schedule(
                invoice.company_id,
                invoice._paynow_get_responsible(),
                summary=summary,
                note=invoice.env._(
                    "A client tried to pay %(number)s at /PAYNOW. Two open invoices"
                    " have this number and this client, so neither can be paid there."
                    " Send the client a payment link, or change one of the numbers.",
                    number=invoice.name,
                ),
            )
