# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import inspect

import psycopg2

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_autopay import PaynowAutopayCommon

OURS = "odoo.addons.paynow_module."
# Odoo's own, for what its mail gateway has read: nobody else can hand that over.
GATEWAY = {"message_route"}
SECRETS = ("Secret number 47", "Secret Client", "secret@client.example.com", "4747")


@tagged("post_install", "-at_install")
class TestPublicMethods(PaynowAutopayCommon):
    """What `call_kw` and `/json/2` let anybody with a login call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.env["res.company"].create({"name": "Elsewhere"})
        place = {"company_id": other.id, "company_ids": [(6, 0, other.ids)]}
        cls.users = {
            "portal": new_test_user(
                cls.env, "paynow_m_portal", "base.group_portal",
                company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)],
            ),
            "internal": new_test_user(
                cls.env, "paynow_m_internal", "base.group_user", **place
            ),
            "billing": new_test_user(
                cls.env, "paynow_m_billing", "account.group_account_invoice", **place
            ),
        }  # fmt: skip

    def setUp(self):
        super().setUp()
        self.client.write(
            {"name": SECRETS[1], "email": SECRETS[2], "street": SECRETS[1]}
        )
        self.bill = self._bill(SECRETS[0], due=5)
        self.token.payment_details = SECRETS[3]
        self._choose()
        self._run("error", days=5)  # A try, a note, an activity.
        self.bill._paynow_note_ambiguity()
        self.env["paynow.attempt"]._record(
            self.company, "lookup_failed", invoice_id=self.bill.id
        )

    def _get_methods(self):
        """Return the public methods that we define or override, by model."""
        for name in sorted(self.env.registry):
            Model = self.env[name]
            if Model._abstract:
                continue  # It is called by the models that inherit it.
            if name == "payment.refund.wizard":
                continue  # Odoo's; it is none without a payment that was received.
            methods = {
                method
                for cls in type(Model).__mro__
                if cls.__module__.startswith(OURS)
                for method, function in vars(cls).items()
                if not method.startswith("_") and callable(function)
            }
            for method in sorted(methods - GATEWAY):
                yield Model, method

    def _get_records(self, Model):
        """Return what there is of another client, and of another company."""
        if Model._transient:  # What somebody else has open.
            values = {
                "company_id": self.company.id,
                "transaction_id": self.bill.transaction_ids[:1].id,
                "code": "R01",
                "mandate_id": self.env["paynow.mandate"].sudo().search([], limit=1).id,
                "reason": "They said so.",
            }
            return Model.sudo().create(
                {name: values[name] for name in values if name in Model._fields}
            )
        domain = []
        if "company_id" in Model._fields and Model._fields["company_id"].store:
            domain = [("company_id", "=", self.company.id)]
        if Model._name in ("account.move", "account.move.line"):
            domain = [("move_id" if "line" in Model._name else "id", "=", self.bill.id)]
        if Model._name == "res.partner":
            domain = [("id", "=", self.client.id)]
        if Model._name == "res.company":
            domain = [("id", "=", self.company.id)]
        return Model.sudo().with_context(active_test=False).search(domain, limit=1)

    def _prepare_arguments(self, Model, name, records):
        """Return arguments with which a method may be called by who knows it."""
        function = getattr(type(Model), name)
        arguments = [] if getattr(function, "_api_model", False) else [records.ids]
        if name == "create":
            return [[{}]]
        parameters = list(inspect.signature(function).parameters.values())[1:]
        for parameter in parameters:
            if parameter.default is inspect.Parameter.empty and parameter.kind in (
                inspect.Parameter.POSITIONAL_ONLY,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
            ):
                own = [
                    field
                    for field, definition in Model._fields.items()
                    if field.startswith("paynow_")
                    and definition.store
                    and definition.type == "boolean"
                ]
                values = {own[0]: True} if own else {}
                arguments.append(values if parameter.name == "vals" else False)
        return arguments

    def _read_all(self, records):
        """Return what a record holds, as it is in the database."""
        self.env.flush_all()
        self.env.invalidate_all()
        table = records._table
        self.env.cr.execute(
            f"SELECT to_jsonb(t)::text FROM {table} t WHERE id = ANY(%s)",  # noqa: S608
            [records.ids],
        )
        return self.env.cr.fetchall()

    def test_no_method_tells_or_changes_what_is_anothers(self):
        calls, findings = 0, []
        for Model, name in self._get_methods():
            records = self._get_records(Model)
            before = self._read_all(records)
            for who, user in self.users.items():
                arguments = self._prepare_arguments(Model, name, records)
                calls += 1
                savepoint = self.env.cr.savepoint()
                try:
                    with mute_logger("odoo.addons.base.models.ir_rule", "odoo.models",
                                     "odoo.orm.models", "odoo.sql_db"):  # fmt: skip
                        own = Model.with_user(user).sudo(False)
                        result = repr(call_kw(own, name, arguments, {}))
                except UserError:  # An `AccessError` is one, too.
                    result = ""
                except psycopg2.IntegrityError:  # What they may do lacks a value.
                    savepoint.rollback()
                    result = ""
                except (TypeError, ValueError, AttributeError, KeyError) as error:
                    if name != "create":  # Odoo's own want more values than none.
                        findings.append((Model._name, name, who, repr(error)))
                    result = ""
                after = self._read_all(records)
                if after != before:
                    findings.append((Model._name, name, who, "changed"))
                findings += [
                    (Model._name, name, who, secret)
                    for secret in SECRETS
                    if secret in result
                ]
                savepoint.rollback()
                savepoint.close(rollback=False)
                self.env.invalidate_all()
        self.assertFalse(findings)
        self.assertGreater(calls, 100)

    def test_a_client_learns_nothing_of_anothers_saved_method(self):
        """Test that what `/json/2` and `call_kw` offer asks for access first."""
        for user in self.users.values():
            with self.assertRaises(UserError):
                call_kw(
                    self.env["payment.token"].with_user(user),
                    "get_linked_records_info",
                    [self.token.ids],
                    {},
                )
        own = self.token.with_user(self.env.user).get_linked_records_info()
        self.assertTrue(own)
