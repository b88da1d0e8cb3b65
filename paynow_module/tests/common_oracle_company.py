# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from collections import Counter

from odoo.fields import Command

from .common import PaynowCommon

STAGES = (2, 9, 30)
TERMS = {
    "at once": ((100.0, 0),),
    "30 days": ((100.0, 30),),
    "2 parts": ((30.0, 0), (70.0, 45)),
    "3 parts": ((33.33, 10), (33.33, 20), (33.34, 90)),
    "4 parts": ((25.0, 1), (25.0, 15), (25.0, 15), (25.0, 60)),
}
TAXES = {
    "a": {"amount": 15.0},
    "b": {"amount": 6.0},
    "c": {"amount": 21.0, "price_include_override": "tax_included"},
}


class PaynowOracleCompany(PaynowCommon):
    """A company with a branch, and all that stands in the books of `Book`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice.button_draft()
        branch = cls.env["res.company"].create(
            {"name": "Branch", "parent_id": cls.company.id}
        )
        cls.env.user.company_ids = [Command.link(branch.id)]
        cls.companies = cls.company | branch
        cls.companies.write(
            {
                "paynow_enabled": True,
                "paynow_past_due_days": ",".join(map(str, STAGES)),
            }
        )
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.companies.ids}
        )
        cls.currencies = {"USD": cls.currency} | {
            code: cls.setup_other_currency(code, rates=rates)
            for code, rates in {
                "EUR": [("2020-01-01", 0.7301), ("2026-05-20", 0.81)],
                "JPY": [("2020-01-01", 151.37), ("2026-06-01", 149.0)],
            }.items()
        }
        cls.taxes = {
            name: cls.env["account.tax"].create({"name": name, **values})
            for name, values in TAXES.items()
        }
        cls.terms = {name: cls._create_terms(*lines) for name, lines in TERMS.items()}
        cls.terms["deposit"] = cls.env["account.payment.term"].create(
            {
                "name": "Deposit",
                "line_ids": [
                    Command.create(
                        {"value": "fixed", "value_amount": 500.0, "nb_days": 5}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 100.0, "nb_days": 30}
                    ),
                ],
            }
        )
        for mode in ("included", "excluded", "mixed"):
            cls.terms[mode] = cls._create_terms(
                (100.0, 30),
                early_discount=True,
                discount_percentage=2.0,
                discount_days=10,
                early_pay_discount_computation=mode,
            )
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.revenue = cls.company_data["default_account_revenue"]
        cls.bank = cls.company_data["default_journal_bank"]
        cls.clients = cls.client | cls.stranger
        cls.people = list(cls.clients) + [
            cls.env["res.partner"].create(
                {"name": "Contact", "parent_id": client.id, "type": kind}
            )
            for client in cls.clients
            for kind in ("invoice", "contact")
        ]
        cls.promises = cls.provider.copy({"name": "Wire", "state": "enabled"})
        cls.env.flush_all()
        # The code exists where `payment_custom` is installed, which we don't need.
        cls.env.cr.execute(
            "UPDATE payment_provider SET code = 'custom' WHERE id = %s",
            [cls.promises.id],
        )
        cls.env.invalidate_all()
        cls.seen = Counter()

    def setUp(self):
        super().setUp()
        # What is mailed and noted is not asked here, and takes most of the time.
        for name in ("_paynow_mail", "_log_message_on_linked_documents"):
            self.patch(
                self.env.registry["payment.transaction"],
                name,
                lambda tx, *args, **kwargs: None,
            )
