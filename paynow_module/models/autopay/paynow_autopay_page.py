# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models
from odoo.tools import format_date

from ...utils import format_money


class PaynowAutopay(models.Model):
    """What a client reads of automatic payment: the choice, the consent, the list."""

    _inherit = "paynow.autopay"

    @api.model
    def _get_standing(self, company, partner):
        """Return a client's choice for all invoices, if there is one.

        :param res.company company: The company that is paid.
        :param res.partner partner: The client, as the commercial partner.
        :rtype: paynow.autopay
        """
        return self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "=", partner.id),
                ("invoice_id", "=", False),
            ]
        )

    @api.model
    def _get_page(self, company, partner):
        """Return what the portal shows of a client's choice, as plain values.

        :param res.company company: The company that is paid.
        :param res.partner partner: The client, as the commercial partner.
        :return: The choice for all invoices as `standing`, and the open `invoices`.
        :rtype: dict
        """
        standing = self._get_standing(company, partner)
        # With the user's own rights: some contacts may not see all of their client's.
        invoices = (
            self.env["account.move"]
            .sudo(False)
            .search(
                [
                    ("commercial_partner_id", "=", partner.id),
                    ("company_id", "=", company.id),
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                    ("payment_state", "in", ("not_paid", "partial", "in_payment")),
                ],
                order="invoice_date_due, id",
                limit=100,
            )
        )
        return {
            "standing": standing
            and {
                "summary": standing._get_summary(),
                "method": standing.method_name,
                "date": standing.consent_date,
                "timing": standing.timing,
                "days": standing.days,
                "use_discounts": standing.use_discounts,
                "token_id": str(standing.token_id.id),
                "is_usable": standing.token_id.active,
                "mandate_url": f"/my/mandates/{standing.mandate_id.id}",
                "is_stopped": standing._is_stopped(),
            },
            "invoices": [
                invoice._paynow_get_autopay_card()
                for invoice in invoices.sudo()  # Clients can't read what it takes.
                if invoice._paynow_is_open()
            ],
            "company_name": company.name,
            "currency_name": company.currency_id.name,
        }

    @api.model
    def _get_consent_text(self, company, invoice=None, token=None, day=None):
        """Return what a client consents to, as the portal shows it.

        :param res.company company: The company that is paid.
        :param account.move invoice: The invoice, if it is about one.
        :param payment.token token: The saved method; a card if there is none.
        :param datetime.date day: The day on which it is paid; its due date if none.
        :rtype: str
        """
        partner = (invoice or self.env.user.partner_id).commercial_partner_id
        token = token or self.env["payment.token"]
        return self._get_consent(company, partner, token, invoice, day).text

    @api.model
    def _get_consent(self, company, partner, token, invoice=None, day=None):
        """Return the words that a client consents to, and what their mandate keeps.

        :param res.company company: The company that is paid.
        :param res.partner partner: The client, as the commercial partner.
        :param payment.token token: The saved method.
        :param account.move invoice: The invoice, if it is about one.
        :param datetime.date day: See `_get_consent_text`.
        :rtype: Words
        """
        Text = self.env["paynow.mandate.text"]
        token_sudo = token.sudo()  # Clients can't read the payment method.
        days = company.sudo()._paynow_get_autopay_days()
        if invoice:
            sentences = self._get_consent_sentences(company, invoice, day)
        else:
            sentences = [
                self.env._(
                    "This is for what is still to pay on each of my invoices, and each"
                    " instalment of them, that is not past due today, and on those to"
                    " come, on the day and up to the limit that I have chosen."
                ),
                self.env._(
                    "If I have ticked “Use early payment discounts”, an invoice that"
                    " offers one is charged less the discount on the last day of the"
                    " discount, where that is sooner."
                ),
            ]
        sentences.append(self._get_tries_sentence(days))
        return Text._prepare(
            company,
            partner,
            Text._get_medium(token_sudo.payment_method_id.code),
            "invoices" if invoice else "standing",
            what=" ".join(sentences),
            method=token_sudo._paynow_get_autopay_name() if token_sudo else "",
        )

    @api.model
    def _get_tries_sentence(self, days):
        """Return how often a declined payment is tried.

        :param list[timedelta] days: The time from the first try to each.
        :rtype: str
        """
        return self.env._(
            "A declined payment may be tried %(tries)s times within %(days)s days.",
            tries=len(days),
            days=days[-1].days,
        )

    @api.model
    def _get_consent_sentences(self, company, invoice, day=None, has_discounts=True):
        """Return what a client consents to who has one invoice be paid.

        :param res.company company: The company that is paid.
        :param account.move invoice: The invoice.
        :param datetime.date day: See `_get_consent_text`.
        :param bool has_discounts: Whether they may choose early payment discounts.
        :rtype: list[str]
        """
        invoice_sudo = invoice.sudo()  # Clients can't read what is under way.
        what = self.env._(
            "This is for what is still to pay on invoice %(number)s: each part on"
            " its due date, what is past due at once.",
            number=invoice.name,
        )
        if day:
            what = self.env._(
                "This is for what is still to pay on invoice %(number)s on %(date)s,"
                " or on its due date if that is moved to a day before.",
                number=invoice.name,
                date=format_date(self.env, day),
            )
        sentences = [what]
        if runs := invoice_sudo._paynow_prepare_autopay_runs(
            company._paynow_get_today(),
            [
                (min(day, item.date_due) if day else item.date_due, item)
                for item in invoice_sudo._paynow_get_open_items()
            ],
        ):
            sentences.append(
                self.env._(
                    "As things are now, that is %(payments)s.",
                    payments=invoice._paynow_format_autopay_runs(runs),
                )
            )
        offer = has_discounts and runs and invoice_sudo._paynow_get_autopay_discount()
        if offer and offer[1] < runs[0].date:
            sentences.append(
                self.env._(
                    "If I have ticked “Use early payment discounts”, %(amount)s is"
                    " charged on %(date)s instead.",
                    amount=invoice._paynow_format(offer[0]),
                    date=format_date(self.env, offer[1]),
                )
            )
        return sentences

    def _is_stopped(self):
        """Tell whether nothing is charged by this choice for now.

        :rtype: bool
        """
        self.ensure_one()
        company = self.company_id
        return (
            company.paynow_autopay_stopped
            or self.partner_id.with_company(company).paynow_autopay_stopped
            or not self.mandate_id._is_chargeable(company._paynow_get_today())
        )

    def _get_when(self):
        """Return in words when is paid.

        :rtype: str
        """
        self.ensure_one()
        if self.timing == "on" or not self.days:
            return self.env._("on the due date")
        if self.timing == "before":
            return self.env._("%(days)s days before the due date", days=self.days)
        return self.env._("%(days)s days after the due date", days=self.days)

    def _get_summary(self):
        """Return the choice in words.

        :rtype: str
        """
        self.ensure_one()
        when = self._get_when()
        if self.use_discounts:
            when = self.env._(
                "%(when)s, or for an early payment discount on its last day", when=when
            )
        if self.invoice_id:
            text = self.env._(
                "Invoice %(number)s, %(when)s", number=self.invoice_id.name, when=when
            )
        else:
            text = self.env._("All invoices, %(when)s", when=when)
        if self.limit_amount:
            limit = format_money(self.limit_amount, self.currency_id, self.env.lang)
            text = self.env._(
                "%(choice)s, up to %(limit)s each", choice=text, limit=limit
            )
        return text
