# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.http import request
from odoo.tools import float_repr
from odoo.tools.misc import consteq, hmac

from ...utils import normalize_email, read_signed, sign

PROOF_SCOPE = "paynow_module.proof"
PROOF_VALIDITY = timedelta(minutes=30)
MAX_EXTENSIONS = 10  # As often as WCAG 2.2.1 asks for.


class Pick(NamedTuple):
    """An open item that a client has ticked in the list of all of theirs."""

    #: The item, as an `account.move.line` id.
    line_id: int
    #: Its invoice, as an `account.move` id.
    invoice_id: int
    #: What they want to pay of it, in its currency.
    amount: float
    #: Why it is less than what is still to pay; possibly empty.
    reason: str


class Proof(NamedTuple):
    """What a visitor has proven."""

    #: The invoice, in sudo mode as visitors can't read it; of several the first one.
    invoice_sudo: models.Model
    #: What they want to pay, in the currency of the invoice.
    amount: float
    #: The address of the payer.
    email: str
    #: Where they came from, as a source of `paynow.attempt`.
    source: str
    #: What they have ticked in the list; nothing of a payment of one invoice.
    picks: tuple[Pick, ...] = ()
    #: By what the session knows that.
    key: str | None = None

    @property
    def invoices_sudo(self):
        """The invoices, the first ticked first."""
        ids = dict.fromkeys(pick.invoice_id for pick in self.picks)
        return self.invoice_sudo.browse(ids) if ids else self.invoice_sudo

    def check_payable(self, visitor):
        """Check that what was proven can be paid now, all of it.

        :param str visitor: See `_paynow_get_payable` of `account.move`.
        :raise PaynowRefusal: If it can't.
        """
        invoice_sudo = self.invoice_sudo
        if self.picks:
            invoice_sudo.commercial_partner_id._paynow_check_picks(
                invoice_sudo.company_id, self.picks, visitor
            )
        else:
            invoice_sudo._paynow_check_payable(self.amount, visitor)

    @property
    def partner_sudo(self):
        """Who pays: whom the invoices name, or the client of whom they are."""
        partner = self.invoices_sudo.partner_id
        return partner if len(partner) == 1 else partner.commercial_partner_id


class AccountMove(models.Model):
    """How a visitor proves which invoice they may pay, from one page to the next."""

    _inherit = "account.move"

    def _paynow_sign(self, amount, email, source="page", extensions=0, key=None):
        """Return the proof that a visitor named this invoice and its client's address.

        It stands in addresses, which others may read: it is of use to no other browser.

        :param float amount: The amount to pay, in the currency of the invoice.
        :param str email: The address, as typed.
        :param str source: Where they came from, as a source of `paynow.attempt`.
        :param int extensions: How often they asked for more time.
        :param str key: By what the session knows the other items that they pay.
        :return: The signed proof; it expires and holds no address in clear.
        :rtype: str
        """
        self.ensure_one()
        text = float_repr(amount, self.currency_id.decimal_places)
        values = [self.id, text, self._paynow_hash_email(email), source, extensions]
        if request:
            values.append(self.env["paynow.page"]._get_visitor())
        if key:
            values.append(key)
        return sign(self, PROOF_SCOPE, values, PROOF_VALIDITY)

    @api.model
    def _paynow_extend_proof(self, company, proof):
        """Return a proof of the same that works for its whole time from now on.

        :param res.company company: The company of the website.
        :param str proof: The proof, as sent by the client.
        :return: The new proof; None if the old one is no longer good, or was extended
            as often as one can be.
        :rtype: str|None
        """
        proven = self._paynow_read_proof(company, proof)
        if not proven:
            return None
        extensions = sum(self._paynow_read_values(proof)[4:5])
        if extensions >= MAX_EXTENSIONS:
            return None
        return proven.invoice_sudo._paynow_sign(
            proven.amount, proven.email, proven.source, extensions + 1, proven.key
        )

    @api.model
    def _paynow_read_proof(self, company, proof, lock=False):
        """Return what a proof proves, if it is genuine, fresh and still true.

        :param res.company company: The company of the website.
        :param str proof: The proof, as sent by the client.
        :param bool lock: Whether to lock the invoice before anything of it is read.
        :return: What was proven; None if nothing was.
        :rtype: Proof|None
        """
        values = self._paynow_read_values(proof)
        if not values:
            return None
        invoice_id, amount, email_hash, source = values[:4]
        if values[6:]:
            return self._paynow_read_picks_proof(company, values, lock)
        if lock:
            self.browse(invoice_id)._paynow_lock()
        invoice_sudo, email = self._paynow_resolve(company, invoice_id, email_hash)
        if not email:
            return None
        return Proof(invoice_sudo._paynow_for_visitor(), float(amount), email, source)

    @api.model
    def _paynow_read_picks_proof(self, company, values, lock=False):
        """Return what a proof of several open items proves; see `_paynow_read_proof`.

        What of it can still be paid is asked of `_paynow_check_picks` only.

        :param res.company company: The company of the website.
        :param list values: What stands in the proof.
        :param bool lock: Whether to lock the invoices.
        :rtype: Proof|None
        """
        page = self.env["paynow.page"]
        invoice_id, amount, _hash, source, *_others, key = values
        company_id, client_id, picks = page._get_picks(key)
        client = picks and page._get_client(company_id, client_id)
        if not client or picks[0].invoice_id != invoice_id:
            return None
        if lock:
            self.browse(pick.invoice_id for pick in picks)._paynow_lock()
        invoice_sudo = self.sudo().with_context(paynow_is_known=True).browse(invoice_id)
        if (invoice_sudo.company_id, invoice_sudo.commercial_partner_id) != (
            client.company_sudo,
            client.client_sudo,
        ):
            return None  # Whose it is was changed meanwhile.
        return Proof(invoice_sudo, float(amount), client.email, source, picks, key)

    @api.model
    def _paynow_get_named_ids(self, proof):
        """Return which invoices a proof of ours names, without a look at the books.

        :param str proof: The proof, as sent by the client.
        :return: The invoices, as `account.move` ids.
        :rtype: list[int]
        """
        values = self._paynow_read_values(proof) or []
        if values[6:]:
            _company_id, _client_id, picks = self.env["paynow.page"]._get_picks(
                values[6]
            )
            return list(dict.fromkeys(pick.invoice_id for pick in picks))
        return values[:1]

    @api.model
    def _paynow_read_values(self, proof):
        """Return what stands in a proof, if it was given to this browser.

        :param str proof: The proof, as sent by the client.
        :return: See `_paynow_sign`; None if it is none, or another's.
        :rtype: list|None
        """
        values = read_signed(self, PROOF_SCOPE, proof)
        if not values or not values[5:]:
            return values
        visitor = self.env["paynow.page"]._get_visitor()
        return values if consteq(values[5], visitor) else None

    def _paynow_for_visitor(self):
        """Return this invoice for who visits, who may be known; see `_is_known`.

        :return: The same, with `paynow_is_known` in the context if they are, and
            `paynow_disowns` if they told that a stranger's payment is not theirs.
        :rtype: account.move
        """
        self.ensure_one()
        page = self.env["paynow.page"]
        if not request or not page._is_known(self):
            return self
        return self.with_context(
            paynow_is_known=True, paynow_disowns=self.id in page._get_disowned()
        )

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
            ],
            self._paynow_get_page_fields(),
        )  # In sudo mode as visitors can't read invoices.
        if invoice_sudo:
            for email in invoice_sudo._paynow_get_payer_emails():
                if consteq(invoice_sudo._paynow_hash_email(email), email_hash):
                    return invoice_sudo, email
        return invoice_sudo, None

    @api.model
    def _paynow_get_page_fields(self):
        """Return what our pages read of an invoice, which has a hundred columns more.

        One that is not listed costs a query of its own: another module adds its own.

        :rtype: list[str]
        """
        return [
            "amount_residual",
            "amount_total",
            "commercial_partner_id",
            "company_id",
            "currency_id",
            "date",
            "invoice_date",
            "invoice_date_due",
            "invoice_payment_term_id",
            "journal_id",
            "move_type",
            "name",
            "partner_id",
            "payment_state",
            "state",
        ]

    def _paynow_hash_email(self, email):
        """Return a keyed hash of an address that says nothing outside of this invoice.

        :param str email: The address, as typed.
        :rtype: str
        """
        self.ensure_one()
        values = [self.id, normalize_email(email)]
        # In sudo mode as visitors can't read clients.
        if key := self.commercial_partner_id.sudo().paynow_link_key:
            values.append(key)
        return hmac(self.sudo().env, PROOF_SCOPE, tuple(values))[:32]
