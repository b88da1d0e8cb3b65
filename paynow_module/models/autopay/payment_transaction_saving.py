# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...utils import read_signed, sign

_logger = logging.getLogger(__name__)

#: Where whoever saves a method lands once the provider has answered.
SAVED_ROUTE = "/PAYNOW/autopay/saved"
SAVED_SCOPE = "paynow_module.saved"
SAVED_VALIDITY = timedelta(days=1)
#: After this time, who has begun to save a method will not end it.
PATIENCE = timedelta(days=1)


class PaymentTransaction(models.Model):
    """The saving of a method by a guest, who chose automatic payment behind a code.

    A validation of Odoo's: nothing is charged, and what was paid before is not touched.
    The choice is made when the provider has saved the method, and not before; a saving
    that fails, or is given up, leaves neither a method nor anything of the choice.
    """

    _inherit = "payment.transaction"

    paynow_saving_state = fields.Selection(
        string="Saved for automatic payment",
        selection=[
            ("open", "Not yet"),
            ("done", "Automatic payment is on"),
            ("refused", "Could not be set any more"),
            ("dropped", "Nothing was saved"),
        ],
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    paynow_saving = fields.Json(
        help="What the guest chose, in which words, until the method is saved.",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )
    paynow_saving_autopay_id = fields.Many2one(
        comodel_name="paynow.autopay", readonly=True, copy=False
    )

    # === LANDING === #

    def _paynow_get_saved_route(self):
        """Return where the guest who saves this method lands.

        :rtype: str
        """
        self.ensure_one()
        return f"{SAVED_ROUTE}/{sign(self, SAVED_SCOPE, self.id, SAVED_VALIDITY)}"

    @api.model
    def _paynow_read_saved(self, token, visitor):
        """Return the saving that an address names, in the browser that began it.

        :param str token: The token in the address.
        :param str visitor: The browser, see `_get_visitor` of `paynow.page`.
        :return: The sudoed transaction, possibly empty.
        :rtype: payment.transaction
        """
        tx_id = read_signed(self, SAVED_SCOPE, token)
        tx_sudo = self.sudo().browse(tx_id or 0).exists()
        return tx_sudo.filtered(
            lambda tx: tx.paynow_saving_state and tx.paynow_visitor == visitor
        )

    def _paynow_get_saving_answer(self):
        """Return what the guest reads of this saving.

        :rtype: dict
        """
        self.ensure_one()
        autopay = self.paynow_saving_autopay_id
        is_open = self.paynow_saving_state == "open"
        return {
            "saving_state": self.paynow_saving_state,
            "is_waiting": is_open and self.state != "pending",
            "summary": autopay and autopay._get_summary(),
            "method_name": autopay and autopay.method_name,
            "text": autopay and autopay.consent_text,
            "reason": self.state == "error" and self.state_message,
        }

    # === NEWS === #

    def _process(self, provider_code, payment_data):
        """Override of `payment` to make the choice once the method is saved."""
        tx = super()._process(provider_code, payment_data)
        tx._paynow_finish_saving()
        return tx

    def _post_process(self):
        """Override of `payment` to make the choice wherever that was left undone."""
        res = super()._post_process()
        self._paynow_finish_saving()
        return res

    def _paynow_finish_saving(self):
        """Make the choice whose method is saved; clean up after the one that failed."""
        for tx in self.filtered("paynow_saving_state"):
            tx_sudo = tx.sudo()  # The news may come from a provider.
            if tx_sudo.state in ("cancel", "error"):
                if tx_sudo.paynow_saving_state == "open":
                    tx_sudo._paynow_drop_saving()
            elif tx_sudo.state in ("done", "authorized") and tx_sudo.token_id:
                if tx_sudo.paynow_saving_state == "open":
                    tx_sudo._paynow_enrol()
                elif tx_sudo.paynow_saving_state == "dropped":
                    tx_sudo.token_id.active = False  # Good news that come too late.

    def _paynow_enrol(self):
        """Make the guest's choice with the method that was saved, if it still holds.

        Whatever was set meanwhile is not replaced: they have read of no such thing.
        """
        self.ensure_one()
        values = self.paynow_saving
        company = self.env["res.company"].browse(values["company_id"])
        client = self.env["res.partner"].browse(values["client_id"])
        invoice = self.env["account.move"].browse(values["invoice_id"] or ())
        Autopay = self.env["paynow.autopay"].with_context(lang=values["lang"])
        is_set = Autopay._get_standing(company, client) or invoice.paynow_autopay_id
        try:
            if is_set or not company._paynow_takes_guests():
                raise UserError(self.env._("Automatic payment is set already, or off."))
            autopay = Autopay._choose(
                client,
                self.token_id,
                values["ip"],
                values["text"],
                invoice=invoice or None,
                company=company,
                day=fields.Date.to_date(values["day"] or None),
                proven={
                    "proof": "code",
                    "email": values["email"],
                    "user_id": values["user_id"],
                },
            )
        except (UserError, IntegrityError) as error:
            _logger.info("Saving %s sets nothing: %s", self.id, type(error).__name__)
            self._paynow_drop_saving("refused")
            return
        self.write(
            {
                "paynow_saving": False,
                "paynow_saving_state": "done",
                "paynow_saving_autopay_id": autopay.id,
            }
        )

    def _paynow_drop_saving(self, state="dropped"):
        """Keep nothing of a saving that came to nothing.

        :param str state: See the field.
        """
        self.token_id.active = False
        self.write({"paynow_saving": False, "paynow_saving_state": state})

    @api.autovacuum
    def _gc_paynow_savings(self):
        """Forget what guests chose who have not saved a method in time."""
        self.search(
            [
                ("paynow_saving_state", "=", "open"),
                ("state", "=", "draft"),
                ("create_date", "<", fields.Datetime.now() - PATIENCE),
            ]
        )._paynow_drop_saving()
