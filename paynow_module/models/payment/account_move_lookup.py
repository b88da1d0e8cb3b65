# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import email_normalize, email_normalize_all, float_repr
from odoo.tools.misc import consteq, hmac

from ...const import PAYABLE_TYPES
from ...exceptions import PaynowRefusal
from ...invoice_number import (
    find_number,
    get_reference_spellings,
    read_number,
    strip_blanks,
)
from ...utils import is_plain_text, read_signed, sign

PROOF_SCOPE = "paynow_module.proof"
PROOF_VALIDITY = timedelta(minutes=30)
MAX_FOUND = 100
MAX_REFERRED = 3  # More than one is too many, but one may be another client's.


class Proof(NamedTuple):
    """What a visitor has proven."""

    #: The invoice, in sudo mode as visitors can't read it.
    invoice_sudo: models.Model
    #: What they want to pay, in the currency of the invoice.
    amount: float
    #: The address of the payer.
    email: str
    #: Where they came from, as a source of `paynow.attempt`.
    source: str


class AccountMove(models.Model):
    """Who may pay an invoice and how they prove it. How much: `account_move.py`."""

    _inherit = "account.move"

    # Beside that of posted numbers, so that both are looked for at once; the platform's
    # own is made for parts of a reference, and not everywhere.
    _paynow_reference_idx = models.Index("(payment_reference) WHERE state = 'posted'")

    # === BUSINESS METHODS - LOOK-UP === #

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
        email = is_plain_text(email) and email_normalize(email)
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
            self._paynow_get_lookup_domain(company, number), limit=MAX_FOUND
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
        commercial_partner = partner.commercial_partner_id
        contacts = partner.search_fetch(
            [("commercial_partner_id", "=", commercial_partner.id)], ["email"]
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
            invoice.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=invoice.env._(
                    "A client tried to pay %(number)s at /PAYNOW. Two open invoices"
                    " have this number and this client, so neither can be paid there."
                    " Send the client a payment link, or change one of the numbers.",
                    number=invoice.name,
                ),
                user_id=invoice._paynow_get_responsible().id,
            )

    # === BUSINESS METHODS - PROOF === #

    def _paynow_sign(self, amount, email, source="page"):
        """Return the proof that a visitor named this invoice and its client's address.

        :param float amount: The amount to pay, in the currency of the invoice.
        :param str email: The address, as typed.
        :param str source: Where they came from, as a source of `paynow.attempt`.
        :return: The signed proof; it expires and holds no address in clear.
        :rtype: str
        """
        self.ensure_one()
        text = float_repr(amount, self.currency_id.decimal_places)
        values = [self.id, text, self._paynow_hash_email(email), source]
        return sign(self, PROOF_SCOPE, values, PROOF_VALIDITY)

    @api.model
    def _paynow_read_proof(self, company, proof, lock=False):
        """Return what a proof proves, if it is genuine, fresh and still true.

        :param res.company company: The company of the website.
        :param str proof: The proof, as sent by the client.
        :param bool lock: Whether to lock the invoice before anything of it is read.
        :return: What was proven; None if nothing was.
        :rtype: Proof|None
        """
        values = read_signed(self, PROOF_SCOPE, proof)
        if not values:
            return None
        invoice_id, amount, email_hash, source = values
        if lock:
            self.browse(invoice_id)._paynow_lock()
        invoice_sudo, email = self._paynow_resolve(company, invoice_id, email_hash)
        if not email:
            return None
        return Proof(invoice_sudo, float(amount), email, source)

    @api.model
    def _paynow_read_link(self, company, token):
        """Return what a link that we mailed names, if it is still true.

        `links` overrides it: it makes and reads them.

        :param res.company company: The company of the website.
        :param str token: The token of the link, as sent by the client.
        :return: The sudoed invoice and the address; or None.
        :rtype: tuple[account.move, str]|None
        """
        return None

    @api.model
    def _paynow_resolve(self, company, invoice_id, email_hash):
        """Return the invoice and the address that a token of ours names.

        :param res.company company: The company of the website.
        :param int invoice_id: The invoice, as an `account.move` id.
        :param str email_hash: The hash of one of the addresses that may pay it.
        :return: The sudoed invoice and the address; the address is None if it is no
            longer one of the client's, or the invoice is not paid on this website.
        :rtype: tuple[account.move, str|None]
        """
        invoice_sudo = self.sudo().search_fetch(
            [
                ("id", "=", invoice_id),
                ("company_id", "in", company._paynow_get_served().ids),
            ]
        )  # In sudo mode as visitors can't read invoices.
        if invoice_sudo:
            for email in invoice_sudo._paynow_get_payer_emails():
                if consteq(invoice_sudo._paynow_hash_email(email), email_hash):
                    return invoice_sudo, email
        return invoice_sudo, None

    def _paynow_hash_email(self, email):
        """Return a keyed hash of an address that says nothing outside of this invoice.

        :param str email: The address, as typed.
        :rtype: str
        """
        self.ensure_one()
        return hmac(self.sudo().env, PROOF_SCOPE, (self.id, email_normalize(email)))[
            :32
        ]
