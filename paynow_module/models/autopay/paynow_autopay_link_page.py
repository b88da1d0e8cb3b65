# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import format_date


class PaynowAutopay(models.Model):
    """What whoever follows a link in a mail about automatic payment reads and does."""

    _inherit = "paynow.autopay"

    def _use_link(self, action, invoice):
        """Do what a link is for, unless it is done already.

        :param str action: `stop`, `pause` or `resume`.
        :param account.move invoice: The invoice of the link, possibly empty.
        """
        self.ensure_one()
        if action == "stop":
            self._end("client")
        elif invoice.paynow_autopay_id == self:
            invoice._paynow_autopay_pause(action == "pause")

    def _get_link_page(self, action, invoice):
        """Return what the page of a link shows, as plain values.

        :param str action: `stop`, `pause` or `resume`.
        :param account.move invoice: The invoice of the link, possibly empty.
        :return: The values: `title`, `sentences`, `button` and the `action` of it,
            falsy where there is nothing to do, and `pay_url`, the link to pay.
        :rtype: dict
        """
        self.ensure_one()
        if not self.active:
            values = self._prepare_ended()
        elif action == "stop":
            values = self._prepare_stop()
        elif (
            not invoice
            or invoice.paynow_autopay_id != self
            or not invoice._paynow_is_open()
        ):
            values = self._prepare_over(invoice)
        elif invoice.paynow_autopay_paused:
            values = self._prepare_paused(invoice)
        else:
            values = self._prepare_pause(invoice)
        return {
            "button": False,
            "action": action,
            "pay_url": invoice and invoice.paynow_url,
            **values,
        }

    def _prepare_ended(self):
        """Return the page of a choice that has ended.

        :rtype: dict
        """
        return {
            "title": self.env._("Automatic payment is off"),
            "sentences": [
                self.env._(
                    "%(company)s charges nothing more by your authorization %(number)s."
                    " What is due, you pay yourself.",
                    company=self.company_id.name,
                    number=self._get_number(),
                )
            ],
        }

    def _prepare_stop(self):
        """Return the page on which a choice is ended.

        :rtype: dict
        """
        return {
            "title": self.env._("Stop automatic payment?"),
            "sentences": [
                f"{self._get_summary()}. {self.method_name}.",
                self.env._(
                    "%(company)s will then charge nothing more by your authorization"
                    " %(number)s. What is due stays due: you pay it yourself.",
                    company=self.company_id.name,
                    number=self._get_number(),
                ),
            ],
            "button": self.env._("Stop automatic payment"),
            "pay_url": False,
        }

    def _prepare_over(self, invoice):
        """Return the page of a payment that can't be paused any more.

        :param account.move invoice: The invoice.
        :rtype: dict
        """
        return {
            "title": self.env._("There is nothing to pause"),
            "sentences": [
                self.env._(
                    "Invoice %(number)s is paid, or no longer paid automatically.",
                    number=invoice.name or "",
                )
            ],
        }

    def _prepare_paused(self, invoice):
        """Return the page of a payment that the client has paused.

        :param account.move invoice: The invoice.
        :rtype: dict
        """
        return {
            "title": self.env._("This payment is paused"),
            "sentences": [
                self.env._(
                    "Invoice %(number)s is not charged automatically. Please pay it"
                    " yourself, or go on with automatic payment.",
                    number=invoice.name,
                )
            ],
            "button": self.env._("Go on with automatic payment"),
            "action": "resume",
        }

    def _prepare_pause(self, invoice):
        """Return the page on which a payment is paused.

        :param account.move invoice: The invoice.
        :rtype: dict
        """
        runs = invoice._paynow_get_autopay_runs()
        sentences = [
            self.env._(
                "%(amount)s of invoice %(number)s will be charged on %(date)s.",
                amount=invoice._paynow_format(run.amount),
                number=invoice.name,
                date=format_date(self.env, run.date),
            )
            for run in runs[:1]
        ]
        return {
            "title": self.env._("Pause this payment?"),
            "sentences": [
                *sentences,
                self.env._(
                    "If you pause it, you pay this invoice yourself. Other invoices"
                    " are paid automatically as before."
                )
                if not self.invoice_id
                else self.env._("If you pause it, you pay this invoice yourself."),
            ],
            "button": self.env._("Pause this payment"),
            "action": "pause",
        }
