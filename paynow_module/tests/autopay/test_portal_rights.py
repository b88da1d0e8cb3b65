# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests import new_test_user, tagged

from ..common_items import PaynowItemsCommon


@tagged("-at_install", "post_install")
class TestPortalRights(PaynowItemsCommon):
    """A contact who, by a rule of another add-on, sees less than all of their client's.

    As with OCA's `portal_account_personal_data_only`.
    """

    def setUp(self):
        super().setUp()
        self.dana = new_test_user(
            self.env,
            "paynow_dana",
            "base.group_portal",
            email="dana@blueharbor.example.com",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.dana.partner_id.parent_id = self.client
        for invoice in self.invoices:
            invoice.message_subscribe(self.dana.partner_id.ids)
        self._hide(self.late)
        self.authenticate(self.dana.login, self.dana.login)

    def _hide(self, invoices):
        """Hide invoices from all contacts."""
        self.env["ir.rule"].create(
            {
                "name": "Hidden from contacts",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "domain_force": [("id", "not in", invoices.ids)],
                "groups": False,
            }
        )

    def _create_mandate(self, **values):
        """Create a mandate for the hidden invoice.

        :rtype: paynow.mandate
        """
        return (
            self.env["paynow.mandate"]
            .sudo()
            .create(
                {
                    "reference": "M-1",
                    "company_id": self.company.id,
                    "partner_id": self.client.id,
                    "kind": "invoices",
                    "scheme": "us_business",
                    "medium": "card",
                    "text": "I authorize it.",
                    "proof": "login",
                    "invoice_ids": [(6, 0, self.late.ids)],
                    **values,
                }
            )
        )

    def test_automatic_payment_names_no_hidden_invoice(self):
        page = self.url_open("/my/autopay").text
        self.assertIn("Inv123", page)
        self.assertNotIn("Inv124", page)

    def test_the_list_shows_no_hidden_invoice(self):
        rows = self._get_rows(self.url_open(self.items_url))
        self.assertEqual(list(rows), ["Inv123", "Inv125"])

    def test_a_hidden_invoice_is_not_taken_into_a_payment(self):
        response = self._pick({self.late.sudo(): "50.00"})
        self.assertEqual(response.status_code, 200)
        self.assertIn("can't be paid here", self._get_alert(response))

    def test_a_mailed_link_shows_all_to_who_is_logged_in(self):
        """Test that what the link has proven counts, whoever uses the browser."""
        self._arrive()
        rows = self._get_rows(self.url_open(self.items_url))
        self.assertIn("Inv124", rows)

    def test_a_sale_receipt_is_shown_where_nothing_is_hidden(self):
        self._create_bill("Rec1", 20.0, move_type="out_receipt")
        self.assertNotIn("Rec1", self._get_rows(self.url_open(self.items_url)))
        self.env["ir.rule"].search([("name", "=", "Hidden from contacts")]).unlink()
        self.assertIn("Rec1", self._get_rows(self.url_open(self.items_url)))

    def test_no_button_leads_to_an_empty_list(self):
        self._hide(self.invoices)
        self.assertNotIn("/PAYNOW/items/", self.url_open("/my/invoices").text)

    def test_a_mandate_for_a_hidden_invoice_is_hidden(self):
        mandate = self._create_mandate()
        self.assertEqual(self.url_open(f"/my/mandates/{mandate.id}").status_code, 404)

    def test_who_gave_a_mandate_opens_it_always(self):
        mandate = self._create_mandate(user_id=self.dana.id)
        self.assertEqual(self.url_open(f"/my/mandates/{mandate.id}").status_code, 200)
