# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from contextlib import contextmanager

from lxml import html

from odoo.fields import Command
from odoo.models import BaseModel
from odoo.tools import mute_logger

from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.addons.payment.tests.http_common import PaymentHttpCommon

# The company of a database that was made for these tests, as an XML id.
COMPANY = "__paynow_tests__.company"
# Where the loggers of our models are.
MODELS = "odoo.addons.paynow_module.models"


class PaynowCommon(AccountPaymentCommon):
    """A US company that takes payments with Odoo's dummy provider, and its clients."""

    @classmethod
    def make_company(cls, env):
        """Make the company of all classes once, for a database that is for tests."""
        cls.env, cls.country_code = env, "US"
        company = cls._create_company(name="Company of the tests")
        module, _dot, name = COMPANY.partition(".")
        env["ir.model.data"].create(
            {
                "module": module,
                "name": name,
                "model": company._name,
                "res_id": company.id,
                "noupdate": True,
            }
        )

    @classmethod
    def setup_independent_company(cls, **kwargs):
        """Override of `account` to take the company that was made for all classes.

        Elsewhere each class makes its own, which takes longer than most tests.
        """
        company = cls.env.ref(COMPANY, raise_if_not_found=False)
        if not company:
            return super().setup_independent_company(**kwargs)
        cls.env.user.company_ids = [Command.link(company.id)]
        return company

    @classmethod
    @AccountPaymentCommon.setup_country("us")
    def setUpClass(cls):
        super().setUpClass()
        cls.company.paynow_enabled = True
        cls.website = cls.env["website"].get_current_website()
        cls.website.company_id = cls.company
        cls.public_user = cls.website.user_id
        cls.provider.state = "enabled"
        cls.currency = cls.company.currency_id

        cls.client, cls.stranger = cls.env["res.partner"].create(
            [
                {
                    "name": "Blue Harbor Dental",
                    "is_company": True,
                    "email": "billing@blueharbor.example.com",
                    "country_id": cls.quick_ref("base.us").id,
                },
                {
                    "name": "Stonebridge Legal",
                    "is_company": True,
                    "email": "office@stonebridge.example.com",
                },
            ]
        )
        cls.partner = cls.client
        cls.email = cls.client.email
        cls.invoice = cls._create_bill("Inv123", 100.0)
        cls.amount = 100.0
        cls.reference = cls.invoice.name

    def setUp(self):
        super().setUp()
        self._reset_limits()

    def _reset_limits(self):
        """Forget earlier tries, so that no limit is reached test after test."""
        self.env["paynow.attempt"].sudo().search([]).unlink()

    @classmethod
    def _create_bill(cls, number, amount, post=True, **values):
        """Create an invoice of the client with one untaxed line.

        :param str number: Its number.
        :param float amount: Its total, in its currency.
        :param bool post: Whether it is posted.
        :param dict values: Further values of the invoice.
        :rtype: account.move
        """
        values = {"partner_id": cls.client.id, **values}
        invoice = cls._create_invoice_one_line(
            price_unit=amount, name="Service", move_name=number, **values
        )
        invoice.is_move_sent = True  # As if the client had it from the first day.
        if post:
            invoice.action_post()
        return invoice

    @staticmethod
    def _import_email(partner, email):
        """Give a partner an address that they have had since before other add-ons came.

        Some of those, `partner_email_check` for one, let no such address in today.
        """
        BaseModel.write(partner, {"email": email})

    @classmethod
    def _create_terms(cls, *lines, **values):
        """Create payment terms.

        :param lines: Pairs of percent and days.
        """
        return cls.env["account.payment.term"].create(
            {
                "name": "Terms",
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": percent,
                            "nb_days": days,
                        }
                    )
                    for percent, days in lines
                ],
                **values,
            }
        )

    @classmethod
    def _create_sale_journal(cls, code):
        """Create another journal of customer invoices."""
        return cls.env["account.journal"].create(
            {
                "name": f"Journal {code}",
                "code": code,
                "type": "sale",
                "default_account_id": cls.company_data["default_account_revenue"].id,
            }
        )

    def _pay(self, state="done", **values):
        """Create a Pay Now payment of the invoice in a state, not yet post-processed.

        :param str state: The state that the provider reports.
        :param dict values: Further values of the transaction.
        :rtype: payment.transaction
        """
        tx = self._create_transaction(
            values.pop("flow", "direct"),
            **{
                "reference": f"PN-{self.env['payment.transaction'].search_count([])}",
                "invoice_ids": [Command.set(self.invoice.ids)],
                "is_paynow": True,
                "paynow_email": self.email,
                **values,
            },
        )
        tx.provider_id.support_manual_capture = "partial"  # For authorized ones.
        if state != "draft":
            getattr(tx, f"_set_{state.replace('cancel', 'canceled')}")(
                state_message="The bank said so."
            )
        return tx


class PaynowHttpCommon(PaynowCommon, PaymentHttpCommon):
    """Visitors of the public pages."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)  # A visitor with a session of their own.

    def url_open(self, *args, timeout=60, **kwargs):
        """Override of `odoo` to let a busy machine take its time."""
        return super().url_open(*args, timeout=timeout, **kwargs)

    @staticmethod
    def _parse(response):
        """Return the page of a response as a tree.

        :rtype: lxml.html.HtmlElement
        """
        return html.fromstring(response.text)

    def _get_text(self, response, xpath):
        """Return the text of the one element on a page that an XPath finds, or None.

        :rtype: str|None
        """
        elements = self._parse(response).xpath(xpath)
        self.assertLessEqual(len(elements), 1, f"Several elements for {xpath}")
        return " ".join(elements[0].text_content().split()) if elements else None

    def _get_alert(self, response):
        """Return the text of the alert on a page, or None."""
        return self._get_text(response, "//main//*[@role='alert'][normalize-space()]")

    def _get_values(self, response):
        """Return what stands in the fields of the form, by name."""
        inputs = self._parse(response).xpath(
            "//form[@id='o_paynow_form']//input[not(@type='hidden')]"
        )
        return {field.get("name"): field.get("value") or "" for field in inputs}

    def _get_csrf_token(self):
        """Return the token that the form of the page carries."""
        page = self._parse(self.url_open("/PAYNOW"))
        return page.xpath("//form[@id='o_paynow_form']//input[@name='csrf_token']")[
            0
        ].get("value")

    def _look_up(self, email=None, invoice=None, amount="100", route="/PAYNOW", **data):
        """Post the form as a visitor who has just opened it; follow no redirect.

        :rtype: requests.Response
        """
        self._reset_limits()
        data = {
            "csrf_token": data.pop("csrf_token", None) or self._get_csrf_token(),
            "email": self.email if email is None else email,
            "invoice": self.invoice.name if invoice is None else invoice,
            "amount": amount,
            **data,
        }
        return self.url_open(route, data=data, allow_redirects=False)

    def _mask(self, response, *typed):
        """Return the body of a page without what was typed and random tokens."""
        text = re.sub(r"\b[0-9a-f]{40}o\d+\b", "CSRF", response.text)
        text = re.sub(r'name="puzzle" value="[^"]+"', "PUZZLE", text)
        text = re.sub(r'nonce="[\w-]+"', 'nonce="NONCE"', text)
        for value in typed:
            text = text.replace(value, "TYPED")
        return text

    def _open_checkout(self, amount="100", **fields):
        """Look the invoice up and return the payment context of its checkout page.

        :rtype: dict
        """
        response = self._look_up(amount=amount, **fields)
        self.assertEqual(response.status_code, 303, self._get_alert(response))
        return self._get_payment_context(self.url_open(response.headers["Location"]))

    def _get_payment_context(self, response):
        """Override of `payment` to add the words that each method stands for."""
        return {
            **super()._get_payment_context(response),
            "words": {
                int(element.get("data-method")): element.text_content()
                for element in self._parse(response).xpath(
                    "//*[@name='o_paynow_authorization']"
                )
            },
        }

    def _prepare_form(self, context=None, **changes):
        """Return what the payment form of a checkout page sends when it pays.

        :param dict context: The payment context of the page.
        :param dict changes: What a forger sends instead.
        :rtype: dict
        """
        context = context or self._open_checkout()
        method_id = changes.get("payment_method_id", self.payment_method_id)
        words = context.get("words", {}).get(method_id)
        return {
            **({"paynow_words": words} if words else {}),
            "provider_id": self.provider.id,
            "payment_method_id": self.payment_method_id,
            "token_id": None,
            "amount": context["amount"],
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": context["landing_route"],
            "is_validation": False,
            "access_token": context["access_token"],
            **changes,
        }

    def _post_transaction(self, form, invoice=None, route=None):
        """Post to the transaction route and return the whole response.

        :param dict form: See `_prepare_form`.
        :rtype: requests.Response
        """
        self._reset_limits()
        route = route or f"/PAYNOW/transaction/{(invoice or self.invoice).id}"
        with mute_logger("odoo.http"):
            return self.url_open(
                route,
                json={"id": 0, "jsonrpc": "2.0", "method": "call", "params": form},
            )

    def _pay_online(self, amount="100", **changes):
        """Pay as a visitor does, up to the provider, and return the transaction."""
        form = self._prepare_form(self._open_checkout(amount), **changes)
        response = self._post_transaction(form)
        reference = response.json()["result"]["reference"]
        return self._get_tx(reference)

    def _poll(self):
        """Post-process the payment as the status page does, and return its answer."""
        return self.make_jsonrpc_request("/payment/status/poll")

    @contextmanager
    def _assert_nothing_written(self):
        """Assert that PostgreSQL inserts, updates and deletes no row meanwhile."""

        def count():
            self.env.flush_all()
            self.env.cr.execute(
                "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del"
                " FROM pg_stat_xact_user_tables"
            )
            return dict(self.env.cr.fetchall())

        before = count()
        yield
        self.assertEqual(count(), before)
