# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class PaymentTransaction(models.Model):
    """What the pages and the limits ask of payments and savings of guests."""

    _inherit = "payment.transaction"

    def _paynow_get_answer(self, visitor, receipts=()):
        """Override to lead who paid on to automatic payment of the next ones.

        The line is the same for all: what is set already is no stranger's business.
        """
        answer = super()._paynow_get_answer(visitor, receipts)
        answer["enrol_url"] = answer["is_own"] and self._paynow_get_enrol_url()
        return answer

    def _paynow_get_enrol_url(self):
        """Return where whoever made this payment may begin automatic payment.

        :return: The address, of use to their browser only; False if it is not offered.
        :rtype: str|bool
        """
        self.ensure_one()
        invoice = self._paynow_get_invoices()[:1]
        if (
            self.state not in ("pending", "authorized", "done")
            or self.provider_code == "custom"
            or invoice.move_type != "out_invoice"
            or not self.paynow_email
            or not invoice.company_id._paynow_takes_guests()
        ):
            return False
        proof = invoice._paynow_sign(
            self.amount, self.paynow_email, self.paynow_source or "page"
        )
        return f"/PAYNOW/autopay/{proof}"

    def _paynow_has_own_answer(self):
        """Override to answer who saves a method on our page, too."""
        return super()._paynow_has_own_answer() or bool(
            self.paynow_saving_state and self.landing_route
        )

    def _set_error(self, state_message, extra_allowed_states=()):
        """Override of `payment` to count methods that were declined when saved.

        Whoever tries stolen cards out would do it here, where nothing is charged.
        """
        txs = super()._set_error(
            state_message, extra_allowed_states=extra_allowed_states
        )
        Attempt = self.env["paynow.attempt"]
        for tx in txs.filtered("paynow_saving_state"):
            start_sudo = Attempt.sudo().search(
                [("transaction_id", "=", tx.id), ("kind", "=", "saving_started")],
                limit=1,
            )  # In sudo mode as whoever brings the news may not read attempts.
            Attempt._record(
                start_sudo.company_id or tx.company_id,  # Whose page it was.
                "payment_declined",
                ip=start_sudo.ip,
                client_id=start_sudo.client_id.id,
                invoice_id=start_sudo.invoice_id.id,
                is_known=start_sudo.is_known,
                transaction_id=tx.id,
            )
        return txs
