# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo.tools import mute_logger

from .common_code import PaynowCodeCommon


class PaynowEnrolCommon(PaynowCodeCommon):
    """Guests who have paid and have the next invoices paid automatically."""

    def setUp(self):
        super().setUp()
        self.company.paynow_autopay_guest = True
        self.provider.allow_tokenization = True
        self.method = self.payment_method
        self.method.support_tokenization = True
        self.today = self.company._paynow_get_today()
        self.next = self._create_bill(
            "Next1",
            80.0,
            invoice_date=self.today,
            invoice_payment_term_id=False,
            invoice_date_due=self.today + timedelta(days=10),
        )

    # === THE WAY === #

    def _ask(self, proof, **data):
        """Ask for a code for automatic payment.

        :rtype: requests.Response
        """
        return self._post_code(f"/PAYNOW/autopay/{proof}/code", **data)

    def _check_enrol(self, proof, digits, **data):
        """Type a code for automatic payment.

        :rtype: requests.Response
        """
        return self._post_code(f"/PAYNOW/autopay/{proof}/check", code=digits, **data)

    def _get_enrol_code(self, proof):
        """Ask for a code and return the one in the mail.

        :rtype: str
        """
        before = self._get_mails()
        self.assertEqual(self._ask(proof).status_code, 303)
        self._mail_codes()
        (body,) = (self._get_mails() - before).mapped("body_html")
        return self._parse_code(body)

    def _enrol(self, invoice=None, email=None):
        """Prove an invoice and type the code that was mailed for it."""
        proof = self._prove(invoice, email)
        response = self._check_enrol(proof, self._get_enrol_code(proof))
        self.assertEqual(response.status_code, 303, response.text[:500])
        self.assertTrue(response.headers["Location"].endswith("/PAYNOW/autopay"))

    def _open_save(self, **chosen):
        """Choose, and return the payment context of the page on which one saves.

        :rtype: dict
        """
        response = self.url_open("/PAYNOW/autopay/save", params=chosen)
        self.assertEqual(response.status_code, 200)
        return self._get_payment_context(response)

    def _prepare_saving(self, context=None, **changes):
        """Return what the payment form sends that saves a method.

        :rtype: dict
        """
        context = context or self._open_save()
        return {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": None,
            "amount": None,
            "flow": "direct",
            "tokenization_requested": True,
            "landing_route": context["landing_route"],
            "is_validation": True,
            "access_token": context["access_token"],
            "paynow_consent": True,
            **changes,
        }

    def _save(self, form):
        """Post to the transaction route and return the whole response.

        :rtype: requests.Response
        """
        with mute_logger("odoo.http"):
            return self.url_open(
                "/PAYNOW/autopay/transaction",
                json={"id": 0, "jsonrpc": "2.0", "method": "call", "params": form},
            )

    def _begin(self, form=None, **changes):
        """Begin to save a method, and return the transaction.

        :rtype: payment.transaction
        """
        form = {**(form or self._prepare_saving()), **changes}
        result = self._save(form).json()["result"]
        self.assertIn("reference", result, result)
        return self._get_tx(result["reference"])

    def _answer(self, tx, state="done"):
        """Have the provider answer, as most do: the state first, then the token."""

        def _apply_updates(tx, _data):
            getattr(tx, f"_set_{state}")(
                **({"state_message": "No."} if state == "error" else {})
            )

        def _extract_token_values(_tx, _data):
            return {"payment_details": "7788", "provider_ref": "saved"}

        Tx = self.env.registry["payment.transaction"]
        self.patch(Tx, "_apply_updates", _apply_updates)
        self.patch(Tx, "_extract_token_values", _extract_token_values)
        tx._process(tx.provider_code, {"reference": tx.reference})
        self.env.invalidate_all()

    # === WHAT IS THERE === #

    def _get_choices(self):
        """Return all choices there are, ended ones too."""
        self.env.invalidate_all()
        return self.env["paynow.autopay"].with_context(active_test=False).search([])

    def _count_rows(self):
        """Return how many of each there are that an attack may want to make."""
        self.env.invalidate_all()
        return {
            model: self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search_count([])
            for model in (
                "paynow.autopay",
                "paynow.mandate",
                "payment.token",
                "payment.transaction",
            )
        }

    def _assert_expired(self, response):
        """Assert the one answer to who may not be here."""
        self.assertEqual(response.status_code, 403)
        self.assertNotIn(self.client.name, response.text)
