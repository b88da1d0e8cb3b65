# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class PaynowMandate(models.Model):
    """What the rules of a country want a client to be told of their rights."""

    _inherit = "paynow.mandate"

    def _get_rights(self):
        """Return what a client may do against a payment, beside stopping it with us.

        A summary, no legal advice. Sources: 12 CFR 1005.10(c) and 1005.11 (Regulation
        E); Payments Canada, Rule H1; SEPA Direct Debit Core Rulebook.

        :return: The sentence in the language of the environment; empty if the link to
            stop it says all.
        :rtype: str
        """
        self.ensure_one()
        if self.scheme == "us_consumer":
            return self.env._(
                "You can also stop a payment by telling your bank, by phone or in"
                " writing, at least 3 business days before its day. If a payment is"
                " other than said here, tell us or your bank as soon as you can."
            )
        if self.medium != "bank":
            return ""
        if self.scheme in ("ca_personal", "ca_business"):
            return self.env._(
                "You have certain recourse rights if a debit does not comply with your"
                " agreement. For example, you have the right to be reimbursed for a"
                " debit that is not authorized or not consistent with it. To learn"
                " more, ask your bank or visit www.payments.ca."
            )
        if self.scheme == "sepa":
            return self.env._(
                "You are entitled to a refund from your bank under the terms of your"
                " agreement with it. A refund must be claimed within 8 weeks from the"
                " day on which your account was debited."
            )
        return ""
