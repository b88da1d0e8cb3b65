# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import binascii
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize, email_normalize_all, float_repr
from odoo.tools.misc import consteq, hash_sign, hmac, verify_hash_signed

from ..exceptions import PaynowRefusal
from ..utils import as_decimal, format_money, is_plain_text, parse_amount

PROOF_SCOPE = "paynow_module.proof"
PROOF_VALIDITY = timedelta(minutes=30)
# A payer fills in a provider's page within this time; later, a draft is abandoned.
DRAFT_VALIDITY = timedelta(minutes=15)


class AccountMove(models.Model):
    _inherit = "account.move"

    # === BUSINESS METHODS - LOOK-UP === #

    @api.model
    def _paynow_lookup(self, company, email, number, amount, own_tx=None):
        """Return the invoice that the three fields of the public page name.

        Whatever is wrong with the pair of address and number, the refusal is the same; the
        amount is judged only once the pair is proven.

        :param res.company company: The company of the website.
        :param str email: The billing address, as typed.
        :param str number: The number of the invoice, as typed.
        :param str amount: The amount to pay, as typed in the language of the context.
        :param payment.transaction own_tx: See `_paynow_get_payable`.
        :return: The sudoed invoice and the amount in its currency.
        :rtype: tuple[account.move, float]
        :raise PaynowRefusal: If there is none, or the amount can't be paid.
        """
        invoice_sudo = self._paynow_match(company, email, number)
        if not invoice_sudo:
            raise PaynowRefusal(
                self.env._(
                    "We found no open invoice with this number for this e-mail address."
                    " Please check both: the number must be exactly as on the invoice, the"
                    " address one that the company has on file for you."
                )
            )
        return invoice_sudo, invoice_sudo._paynow_check_amount(amount, own_tx)

    @api.model
    def _paynow_match(self, company, email, number):
        """Return the open invoice with this number that belongs to this address, if any.

        :param res.company company: The company of the invoice.
        :param str email: One address; case and surrounding spaces don't matter.
        :param str number: The number, exact.
        :return: The sudoed invoice; empty if there is none, or more than one.
        :rtype: account.move
        """
        email = is_plain_text(email) and email_normalize(email)
        if not email or not is_plain_text(number):
            return self.sudo().browse()
        invoices_sudo = self.sudo().search(
            self._get_paynow_lookup_domain(company, number)
        )  # In sudo mode as visitors can't read invoices.
        invoices_sudo = invoices_sudo.filtered(
            lambda invoice: invoice._paynow_is_open()
            and email in invoice._get_paynow_emails()
        )
        if len(invoices_sudo) > 1:
            invoices_sudo._paynow_note_ambiguity()
            return invoices_sudo.browse()
        return invoices_sudo

    @api.model
    def _get_paynow_lookup_domain(self, company, number):
        """Return the domain of the invoices with a number.

        The state is part of it so that the unique index of posted numbers serves it.
        """
        return [
            ("name", "=", number),
            ("state", "=", "posted"),
            ("move_type", "=", "out_invoice"),
            ("company_id", "=", company.id),
        ]

    def _paynow_is_open(self):
        """Tell whether this is a posted customer invoice on which something is owed.

        The states of payment are those in which `account_payment` takes payments.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.state == "posted"
            and self.move_type == "out_invoice"
            and self.name not in (False, "", "/")
            and self.payment_state in ("not_paid", "in_payment", "partial")
            and self.currency_id.compare_amounts(self.amount_residual, 0.0) > 0
        )

    def _get_paynow_emails(self):
        """Return the addresses that may pay this invoice, normalized.

        These are all addresses of the invoice's partner, of its commercial entity and of
        that entity's contacts.

        :rtype: set[str]
        """
        self.ensure_one()
        commercial_partner = self.partner_id.commercial_partner_id
        partners = self.partner_id | commercial_partner
        partners |= partners.search([("commercial_partner_id", "=", commercial_partner.id)])
        return {
            email for partner in partners for email in email_normalize_all(partner.email)
        }

    def _paynow_note_ambiguity(self):
        """Ask the people responsible, once, to tell invoices with one number apart."""
        summary = self.env._("Pay Now: two open invoices with the same number")
        for invoice in self:
            if summary in invoice.activity_ids.mapped("summary"):
                continue
            invoice.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=self.env._(
                    "A client tried to pay %(number)s at /PAYNOW. Two open invoices have"
                    " this number and this client, so neither can be paid there. Send the"
                    " client a payment link, or change one of the numbers.",
                    number=invoice.name,
                ),
                user_id=invoice._get_paynow_responsible().id,
            )

    def _get_paynow_responsible(self):
        """Return who is asked to look at this invoice: its salesperson, else an accountant.

        :rtype: res.users
        """
        self.ensure_one()
        return self.invoice_user_id or self.env["res.users"].search(
            [
                ("all_group_ids", "=", self.env.ref("account.group_account_manager").id),
                ("company_ids", "=", self.company_id.id),
            ],
            limit=1,
        )

    # === BUSINESS METHODS - AMOUNTS === #

    def _paynow_get_payable(self, own_tx=None):
        """Return what can be paid on this invoice now: its residual less what is in flight.

        :param payment.transaction own_tx: The last transaction of this visitor; abandoned
            as a draft, it doesn't stand in their way.
        :return: The amount in the currency of the invoice; never negative.
        :rtype: float
        """
        self.ensure_one()
        if not self._paynow_is_open():
            return 0.0
        return self.currency_id.round(
            max(0.0, self.amount_residual - self._paynow_get_in_flight(own_tx))
        )

    def _paynow_get_in_flight(self, own_tx=None):
        """Return the sum of the online payments on their way to this invoice.

        Pending and authorized transactions count, confirmed ones until they are posted, and
        drafts of other visitors for as long as a payer may be filling in a provider's page.
        A pending wire transfer (provider `custom`) is a promise and not on its way, as for
        `account_payment`.

        :param payment.transaction own_tx: See `_paynow_get_payable`.
        :return: The amount in the currency of the invoice.
        :rtype: float
        """
        self.ensure_one()
        young = fields.Datetime.now() - DRAFT_VALIDITY
        amount = 0.0
        for tx in self.sudo().transaction_ids:  # In sudo mode to read transactions.
            if tx.operation in ("validation", "refund"):
                continue
            if (
                (tx.state == "pending" and tx.provider_code != "custom")
                or (tx.state == "done" and not tx.is_post_processed)
                or (tx.state == "draft" and tx.create_date >= young and tx != own_tx)
            ):
                amount += tx.amount
            elif tx.state == "authorized":  # What was captured or voided is settled.
                amount += tx.amount - sum(
                    tx.child_transaction_ids.filtered(
                        lambda child: child.state in ("done", "cancel")
                    ).mapped("amount")
                )
        return amount

    def _paynow_check_amount(self, text, own_tx=None):
        """Return the amount that a payer typed, if it can be paid on this invoice.

        :param str text: The amount, as typed in the language of the context.
        :param payment.transaction own_tx: See `_paynow_get_payable`.
        :return: The amount in the currency of the invoice.
        :rtype: float
        :raise PaynowRefusal: If it is no amount, or not payable.
        """
        self.ensure_one()
        currency = self.currency_id
        amount = parse_amount(text, self.env.lang)
        if amount is None:
            raise PaynowRefusal(
                self.env._(
                    "Please write the amount in figures, for example %(example)s.",
                    example=self._paynow_format_input(self.amount_residual),
                ),
                "amount",
            )
        if amount <= 0:
            raise PaynowRefusal(
                self.env._("The amount must be more than zero."), "amount"
            )
        rounded = currency.round(float(amount))
        if as_decimal(rounded) != amount:
            raise PaynowRefusal(
                self.env._(
                    "The amount can't be split that finely: the smallest unit is"
                    " %(unit)s.",
                    unit=self._paynow_format(currency.rounding),
                ),
                "amount",
            )
        self._paynow_check_payable(rounded, own_tx)
        return rounded

    def _paynow_check_payable(self, amount, own_tx=None):
        """Check that an amount can be paid on this invoice now.

        :param float amount: The amount in the currency of the invoice.
        :param payment.transaction own_tx: See `_paynow_get_payable`.
        :raise PaynowRefusal: If it can't.
        """
        self.ensure_one()
        currency = self.currency_id
        if not self._paynow_is_open():
            raise PaynowRefusal(self.env._("There is nothing left to pay on this invoice."))
        payable = self._paynow_get_payable(own_tx)
        if currency.compare_amounts(amount, 0.0) <= 0:
            raise PaynowRefusal(
                self.env._("The amount must be more than zero."), "amount"
            )
        if currency.compare_amounts(amount, payable) <= 0:
            return
        in_flight = self._paynow_get_in_flight(own_tx)
        if currency.is_zero(in_flight):
            message = self.env._(
                "The amount is more than what is still to pay (%(payable)s).",
                payable=self._paynow_format(payable),
            )
        elif currency.is_zero(payable):
            message = self.env._(
                "A payment of %(in_flight)s for this invoice is being processed. Nothing"
                " more can be paid until it is settled; please try again later.",
                in_flight=self._paynow_format(in_flight),
            )
        else:
            message = self.env._(
                "The amount is more than what is still to pay (%(payable)s), because a"
                " payment of %(in_flight)s is being processed.",
                payable=self._paynow_format(payable),
                in_flight=self._paynow_format(in_flight),
            )
        raise PaynowRefusal(message, "amount")

    def _paynow_get_summary(self):
        """Return what the public pages show of this invoice, as plain values.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "number": self.name,
            "date_due": self.invoice_date_due,
            "amount_total": self._paynow_format(self.amount_total),
            "amount_residual": self._paynow_format(self.amount_residual),
        }

    def _paynow_format(self, amount):
        """Return an amount as the visitor reads it.

        :param float amount: The amount in the currency of the invoice.
        :rtype: str
        """
        return format_money(amount, self.currency_id, self.env.lang)

    def _paynow_format_input(self, amount):
        """Return an amount as the payer would type it: no symbol, no grouping.

        :param float amount: The amount in the currency of the invoice.
        :rtype: str
        """
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        text = float_repr(amount, self.currency_id.decimal_places)
        return text.replace(".", lang.decimal_point or ".")

    def _paynow_lock(self):
        """Lock this invoice until the end of the database transaction and read it anew.

        The update of the row matters as much as the lock: PostgreSQL refuses the update of
        a transaction that began before another one's was committed, and Odoo then runs the
        request again, with a view that holds what the other one has inserted.
        """
        self.ensure_one()
        self.env.cr.execute(
            SQL("UPDATE account_move SET write_date = write_date WHERE id = %s", self.id)
        )
        self.env.invalidate_all()

    # === BUSINESS METHODS - PROOF === #

    def _paynow_sign(self, amount, email):
        """Return the proof that a visitor named this invoice and an address of its customer.

        :param float amount: The amount to pay, in the currency of the invoice.
        :param str email: The address, as typed.
        :return: The signed proof; it expires and holds no address in clear.
        :rtype: str
        """
        self.ensure_one()
        return hash_sign(
            self.sudo().env,
            PROOF_SCOPE,
            [
                self.id,
                float_repr(amount, self.currency_id.decimal_places),
                self._paynow_hash_email(email),
            ],
            expiration=PROOF_VALIDITY,
        )

    @api.model
    def _paynow_read_proof(self, company, proof):
        """Return what a proof proves, if it is genuine, fresh and still true.

        :param res.company company: The company of the website.
        :param str proof: The proof, as sent by the client.
        :return: The sudoed invoice, the amount in its currency and the payer's address;
            or None.
        :rtype: tuple[account.move, float, str]|None
        """
        try:
            values = verify_hash_signed(self.sudo().env, PROOF_SCOPE, proof)
        except (AttributeError, TypeError, ValueError, OverflowError, binascii.Error):
            values = None  # Not one of ours.
        if not values:
            return None
        invoice_id, amount, email_hash = values
        invoice_sudo = self.sudo().browse(invoice_id).exists()
        if not invoice_sudo or invoice_sudo.company_id != company:
            return None
        for email in invoice_sudo._get_paynow_emails():
            if consteq(invoice_sudo._paynow_hash_email(email), email_hash):
                return invoice_sudo, float(amount), email
        return None

    def _paynow_hash_email(self, email):
        """Return a keyed hash of an address that says nothing outside of this invoice.

        :param str email: The address, as typed.
        :rtype: str
        """
        self.ensure_one()
        return hmac(self.sudo().env, PROOF_SCOPE, (self.id, email_normalize(email)))[:32]
