# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import tagged

from ..common_items import PaynowItemsCommon


@tagged("-at_install", "post_install")
class TestItemsQueries(PaynowItemsCommon):
    """However many invoices a payment has, the database is hardly asked more often."""

    def _count(self, name, call):
        """Note how many queries a step takes; return what it returns."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        result = call()
        self.env.flush_all()
        self.counts[name] = self.cr.sql_log_count - before
        return result

    def _make_client(self, name, count, **values):
        """Return a client and as many invoices of $10.00."""
        client = self.client.copy({"name": name, "email": f"{name}@client.example.com"})
        bills = [
            self._create_bill(f"{name}{number}", 10.0, partner_id=client.id, **values)
            for number in range(count)
        ]
        return client, self.invoice.browse().concat(*bills)

    def _count_items(self, client, invoices):
        """Return the queries of each step of a payment of all of a list."""
        self.counts = {}
        self.items_url = f"/PAYNOW/items/{self.company.id}/{client.id}"
        self._arrive(client)
        self._count("list", lambda: self.url_open(f"{self.items_url}?tick=all"))
        lines = self._get_line(invoices)
        data = {
            "csrf_token": self._get_csrf_token(),
            "currency": self.currency.name,
            "item": [str(id_) for id_ in lines.ids],
            **{f"amount_{id_}": "10" for id_ in lines.ids},
        }
        answer = self._count(
            "pick",
            lambda: self.url_open(self.items_url, data=data, allow_redirects=False),
        )
        return self._count_payment(answer.headers["Location"])

    def _count_single(self, client, invoice):
        """Return the queries of each step of a payment of one invoice."""
        self.counts = {}
        fields = {"email": client.email, "invoice": invoice.name, "amount": "10"}
        token = self._get_csrf_token()
        answer = self._count("pick", lambda: self._look_up(csrf_token=token, **fields))
        return self._count_payment(answer.headers["Location"])

    def _count_payment(self, url):
        """Return the queries of a payment from its checkout on."""
        page = self._count("checkout", lambda: self.url_open(url))
        context = self._get_payment_context(page)
        form = self._prepare_form(context)
        answer = self._count(
            "transaction",
            lambda: self._post_transaction(form, route=context["transaction_route"]),
        )
        tx = self._get_tx(answer.json()["result"]["reference"])
        self._count("confirmation", tx._set_done)
        self._count("posting", tx._post_process)
        self.assertTrue(tx.payment_id)
        self._count("receipt", lambda: self.url_open(tx.landing_route))
        tx.paynow_mailed_state = False
        self._count("mail", tx._paynow_mail_payer)
        return self.counts

    def test_twenty_invoices_take_twice_the_queries_of_one_at_most(self):
        self._count_items(*self._make_client("warm", 2))  # What is asked once and kept.
        one = self._count_items(*self._make_client("one", 1))
        usual = self._count_single(*self._make_client("usual", 1))
        many = self._count_items(*self._make_client("many", 20))
        for name, count in many.items():
            with self.subTest(name):
                self.assertLessEqual(count, 2 * usual.get(name, one[name]))

    def test_a_list_of_discounts_takes_twice_the_queries_of_one_at_most(self):
        terms = self._create_terms(
            (100.0, 30), early_discount=True, discount_days=9, discount_percentage=2.0
        )

        def count(name, number):
            self.counts = {}
            client, _bills = self._make_client(
                name, number, invoice_payment_term_id=terms.id
            )
            self._arrive(client)
            url = f"/PAYNOW/items/{self.company.id}/{client.id}"
            self._count("list", lambda: self.url_open(url))
            return self.counts["list"]

        count("warm", 1)  # What is asked once and kept.
        one = count("one", 1)
        self.assertLessEqual(count("many", 20), 2 * one)
