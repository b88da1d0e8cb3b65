# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import secrets
import unicodedata
from datetime import timedelta

from markupsafe import escape

from odoo import api, fields, models
from odoo.tools import SQL, consteq
from odoo.tools.misc import hmac

from ...exceptions import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

CODE_SCOPE = "paynow_module.code"
DIGITS = 6
MAX_TRIES = 5
VALIDITY = timedelta(minutes=10)
PATIENCE = 5  # Minutes for which its mail is tried; who gets it then can still use it.
# Locked to try a code, for milliseconds, in a mode that stops nobody else.
TABLE = SQL.identifier("paynow_code")


class PaynowCode(models.Model):
    """A code mailed to a client, which opens something of theirs in one browser.

    What it opens is its purpose: the list of their open invoices; `autopay` adds its
    own. A code of one purpose is none of another.

    The row is made when the code is asked for, the code when it is mailed, by the cron:
    whether there is an address to mail it to must not show in what the answer takes.
    """

    _name = "paynow.code"
    _description = "Pay Now Code"
    _order = "id desc"
    _rec_name = "invoice_id"

    invoice_id = fields.Many2one(
        comodel_name="account.move", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="invoice_id.company_id")
    client_id = fields.Many2one(
        comodel_name="res.partner", required=True, ondelete="cascade"
    )
    purpose = fields.Selection(
        selection=[("items", "Open invoices")], default="items", required=True
    )
    visitor = fields.Char(
        help="The browser session in which the code works.", required=True, index=True
    )
    email_hash = fields.Char(help="The address it was mailed to, hashed.")
    code_hash = fields.Char(help="The code, hashed; empty until it is mailed.")
    expiry_date = fields.Datetime(required=True, index=True)
    tries = fields.Integer()
    is_void = fields.Boolean(help="Whether it was used, or can't be mailed.")

    @api.model
    def _request(self, invoice, visitor, purpose="items"):
        """Have a code mailed to the billing address of an invoice, if there is one.

        :param account.move invoice: The invoice, proven.
        :param str visitor: Who asks, see `_get_visitor` of `paynow.page`.
        :param str purpose: What it opens, see the field.
        """
        self.sudo().create(  # In sudo mode as nobody else may, visitors neither.
            {
                "purpose": purpose,
                "invoice_id": invoice.id,
                "client_id": invoice.commercial_partner_id.id,
                "visitor": visitor,
                "expiry_date": fields.Datetime.now() + VALIDITY,
            }
        )
        self.env.ref("paynow_module.ir_cron_code").sudo()._trigger()

    @api.model
    def _find(self, invoice, visitor, purpose="items"):
        """Return the code that a browser asked for: a newer one makes others void.

        :param account.move invoice: The invoice for which it was asked.
        :param str visitor: See `_request`, as `purpose`.
        :return: The code, sudoed as visitors can't read any; empty if the newest for
            this client was asked for with another invoice or for another purpose, or
            has expired.
        :rtype: paynow.code
        """
        newest_sudo = self.sudo().search(
            [
                ("visitor", "=", visitor),
                ("client_id", "=", invoice.commercial_partner_id.id),
            ],
            limit=1,
        )
        return newest_sudo.filtered(
            lambda code: (
                code.invoice_id.id == invoice.id
                and code.purpose == purpose
                and code.expiry_date > fields.Datetime.now()
            )
        )

    @api.model
    def _redeem(self, invoice, visitor, typed, purpose="items"):
        """Return the address to which a code was mailed, if it is the right one.

        This is exact, however many guesses come at once: each takes its turn, and is
        counted whatever becomes of the database transaction around it.

        :param account.move invoice: The invoice, proven.
        :param str visitor: See `_request`, as `purpose`.
        :param str typed: The code, as typed.
        :return: The address; None if the code is wrong, or works no more, or the
            address is no longer the client's.
        :rtype: str|None
        """
        # As people type in their language, with or without spaces.
        digits = "".join(str(unicodedata.digit(x)) for x in typed if x.isdecimal())
        with self.env.registry.cursor() as cr:
            # The statement that waits without a view of the data, see `_claim` of
            # `paynow.limit`: the tries of others are seen below.
            cr.execute(SQL("LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE", TABLE))
            code_sudo = self.with_env(self.env(cr=cr))._find(invoice, visitor, purpose)
            if not code_sudo._take_try(digits):
                return None
            mailed_hash = code_sudo.email_hash
        # Only now, as it takes longer for a client who has contacts.
        client, company = invoice.commercial_partner_id, invoice.company_id
        email = invoice._paynow_get_link_email()
        if not consteq(client._paynow_hash_client(company, email), mailed_hash):
            return None
        return email

    def _take_try(self, digits):
        """Count a try of this code, and tell whether it is right, which it is once.

        Those that were never mailed are tried as well: that they weren't must not show.

        :param str digits: What was typed.
        :rtype: bool
        """
        if not self or self.tries >= MAX_TRIES:
            return False
        self.tries += 1
        is_right = consteq(self.code_hash or "", self._hash(digits))
        if self.is_void or not is_right:
            return False
        self.is_void = True
        return True

    def _hash(self, digits):
        """Return a keyed hash of a code.

        :param str digits: The code.
        :rtype: str
        """
        return hmac(self.env(su=True), CODE_SCOPE, (self.id, self.visitor, digits))

    @api.model
    def _cron_code(self):
        """Mail the codes asked for: to each browser the one that it asked for last."""
        pending = self.search(
            [
                ("code_hash", "=", False),
                ("is_void", "=", False),
                ("expiry_date", ">", fields.Datetime.now()),
            ]
        )
        asked = pending.grouped(lambda code: (code.visitor, code.client_id))
        self.env["ir.cron"]._commit_progress(remaining=len(asked))
        for codes in asked.values():
            codes[1:].is_void = True
            codes[0]._mail()
            self.env["ir.cron"]._commit_progress(1)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _mail(self):
        """Make this code and mail it, where there is an address that gets mails."""
        invoice = self.invoice_id
        email = invoice._paynow_get_link_email()
        if not email or not self.env["paynow.limit"]._take_mail(self.company_id, email):
            self.is_void = True
            return
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        template = self._get_template()
        try:
            with self.env.cr.savepoint():
                self.write(
                    {
                        "email_hash": self.client_id._paynow_hash_client(
                            self.company_id, email
                        ),
                        "code_hash": self._hash(digits),
                        "expiry_date": fields.Datetime.now() + VALIDITY,
                    }
                )
                template.with_context(paynow_code=digits).send_mail(
                    self.id,
                    email_values=self.company_id._paynow_prepare_mail(
                        template, email, patience=PATIENCE
                    ),
                )
        except CONCURRENCY_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001  The others get theirs.
            _logger.warning("No code for invoice %s: %s", invoice.id, error)
            self.is_void = True
            staff_invoice = invoice._paynow_for_staff()
            staff_invoice._paynow_alert(
                staff_invoice.env._("Pay Now: code not mailed"),
                staff_invoice.env._(
                    "The client asked for a code, but the mail can't be made:"
                    " %(reason)s Correct the template “%(template)s”.",
                    template=template.name,
                    reason=escape(str(error) or type(error).__name__),
                ),
            )

    def _get_template(self):
        """Return the mail with this code; overridden for each other purpose.

        :rtype: mail.template
        """
        self.ensure_one()
        return self.env.ref("paynow_module.mail_template_code")

    @api.autovacuum
    def _gc_codes(self):
        """Delete the codes that work no more.

        :return: The number of deleted codes, and whether there are more.
        :rtype: tuple[int, bool]
        """
        limit = 10_000
        codes = self.search([("expiry_date", "<", fields.Datetime.now())], limit=limit)
        count = len(codes)
        codes.unlink()
        return count, count >= limit
