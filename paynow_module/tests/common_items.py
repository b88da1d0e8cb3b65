# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .common_payment import PaynowPaymentCommon


class PaynowItemsCommon(PaynowPaymentCommon):
    """A client who sees the list of all that they owe, by a mailed link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = cls.company._paynow_get_today()
        cls.late = cls._create_bill(
            "Inv124", 50.0, invoice_date_due=today - timedelta(days=12)
        )
        cls.later = cls._create_bill(
            "Inv125", 70.0, invoice_date_due=today + timedelta(days=9)
        )
        cls.invoices = cls.invoice + cls.late + cls.later
        cls.items_url = f"/PAYNOW/items/{cls.company.id}/{cls.client.id}"

    def _arrive(self, client=None, email=None, company=None):
        """Have this browser hold the token of a client's list, as after its link."""
        client, company = client or self.client, company or self.company
        token = client._paynow_sign_client(
            company, email or client.email, timedelta(days=1)
        )
        self.url_open("/PAYNOW")  # A browser has its session from a page.
        self.session["paynow_clients"] = {
            f"{company.id}-{client.id}": [token, "mail"],
        }
        self._save_session()

    def _save_session(self):
        """Keep what a test has put into the session of the browser."""
        from odoo.http import root  # noqa: PLC0415

        root.session_store.save(self.session)

    def _get_line(self, invoice):
        """Return the one instalment of an invoice."""
        return invoice._paynow_get_term_lines()

    def _get_rows(self, response):
        """Return the rows of the list, by the number of the item."""
        rows = {}
        for row in self._parse(response).xpath("//form[@id='paynow_items']//li"):
            (box,) = row.xpath(".//input[@name='item']")
            amounts = row.xpath(".//input[starts-with(@name, 'amount_')]")
            number = row.xpath(".//bdi")[0].text_content()
            rows[number] = {
                "id": int(box.get("value")),
                "is_ticked": box.get("checked") is not None,
                "is_disabled": box.get("disabled") is not None,
                "amount": amounts and amounts[0].get("value"),
                "text": " ".join(row.text_content().split()),
            }
        return rows

    def _pick(self, amounts, url=None, **data):
        """Post the form of the list; follow no redirect.

        :param dict amounts: By the invoice, the amount as typed.
        :param dict data: Further fields of the form.
        """
        lines = {self._get_line(invoice): text for invoice, text in amounts.items()}
        data = {
            "csrf_token": self._get_csrf_token(),
            "currency": self.currency.name,
            "item": [str(line.id) for line in lines],
            **{f"amount_{line.id}": text for line, text in lines.items()},
            **data,
        }
        return self.url_open(url or self.items_url, data=data, allow_redirects=False)

    def _open_picked(self, amounts, **data):
        """Return the payment context of the checkout of what was ticked."""
        response = self._pick(amounts, **data)
        self.assertEqual(response.status_code, 303, self._get_alert(response))
        return self._get_payment_context(self.url_open(response.headers["Location"]))

    def _pay_items(self, amounts, **data):
        """Pay what was ticked, up to the provider, and return the transaction."""
        context = self._open_picked(amounts, **data)
        response = self._post_transaction(
            self._prepare_form(context), route=context["transaction_route"]
        )
        return self._get_tx(response.json()["result"]["reference"])

    def _pay_lines(self, amounts, state="pending"):
        """Begin a payment of some items, without a browser.

        :param dict amounts: By the instalment, the amount.
        """
        lines = self.env["account.move.line"].union(*amounts)
        tx = self._create_transaction(
            "direct",
            reference="items",
            amount=lines.currency_id.round(sum(amounts.values())),
            currency_id=lines.currency_id.id,
            partner_id=self.client.id,
            invoice_ids=[Command.set(lines.move_id.ids)],
            is_paynow=True,
            paynow_email=self.email,
            paynow_is_split=True,
            paynow_allocation_ids=[
                Command.create(
                    {
                        "line_id": line.id,
                        "invoice_id": line.move_id.id,
                        "amount": amount,
                    }
                )
                for line, amount in amounts.items()
            ],
        )
        tx.provider_id.support_manual_capture = "partial"
        getattr(tx, f"_set_{state}")()
        return tx

    def _pay_invoices(self, amounts, state="pending"):
        return self._pay_lines(
            {self._get_line(invoice): amount for invoice, amount in amounts.items()},
            state,
        )

    def _create_discounted(self, number, mode="included", **values):
        """Create an invoice of 100 that is paid by 98 today.

        :param str mode: What the discount is of, see `account.payment.term`.
        """
        terms = self._create_terms(
            (100, 30),
            early_discount=True,
            discount_percentage=2.0,
            discount_days=10,
            early_pay_discount_computation=mode,
        )
        return self._create_bill(
            number, 100.0, invoice_payment_term_id=terms.id, **values
        )

    def _confirm(self, tx):
        """Have the provider confirm a payment, and Odoo post it."""
        tx._set_done()
        tx._post_process()
        return tx.payment_id

    def _get_shares(self, tx):
        """Return what a payment has for each invoice."""
        return {each.invoice_id: each.amount for each in tx.paynow_allocation_ids}

    def _days(self, count):
        return fields.Date.to_string(
            self.company._paynow_get_today() + timedelta(days=count)
        )
