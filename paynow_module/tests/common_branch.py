# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.fields import Command
from odoo.tests import new_test_user

from .common import PaynowHttpCommon


class PaynowBranchCommon(PaynowHttpCommon):
    """A branch of the company, which has the books and the provider."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {"email": "office@main.example.com", "paynow_email_links": True}
        )
        cls.branch = cls._create_branch("North Branch")
        cls.branch_invoice = cls._create_branch_bill(cls.branch, "NB1", 100.0)
        cls.accountant = new_test_user(
            cls.env,
            "paynow_branch_accountant",
            "account.group_account_manager",
            email="accountant@branch.example.com",
            company_id=cls.branch.id,
            company_ids=[Command.set(cls.branch.ids)],
        )

    @classmethod
    def _create_branch(cls, name, parent=None):
        """Create a branch with Pay Now on.

        :rtype: res.company
        """
        branch = cls.env["res.company"].create(
            {
                "name": name,
                "parent_id": (parent or cls.company).id,
                "email": f"{name.lower().replace(' ', '.')}@example.com",
                "paynow_enabled": True,
                "paynow_email_links": True,
            }
        )
        cls.env.cr.precommit.run()  # Odoo gives it its accounts then.
        cls.env.user.company_ids += branch
        return branch

    @classmethod
    def _create_branch_bill(cls, branch, number, amount, **values):
        """Create an invoice of a branch, in a journal of the company above it.

        :rtype: account.move
        """
        invoice = (
            cls.env["account.move"]
            .with_company(branch)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": branch.id,
                    "journal_id": cls.company_data["default_journal_sale"].id,
                    "name": number,
                    "partner_id": cls.client.id,
                    "invoice_date": "2026-01-01",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Service",
                                "price_unit": amount,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        invoice.action_post()
        return invoice

    def _pay_branch(self, invoice=None):
        """Pay an invoice as a visitor does, up to the books, and return the payment.

        :rtype: payment.transaction
        """
        invoice = invoice or self.branch_invoice
        context = self._open_checkout(invoice=invoice.name)
        answer = self._post_transaction(self._prepare_form(context), invoice)
        tx = self._get_tx(answer.json()["result"]["reference"])
        tx._set_done()
        tx._post_process()
        return tx
