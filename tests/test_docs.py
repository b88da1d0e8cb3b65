"""The examples of docs/integrator.md work, together, as they stand there."""

import json
import re
import subprocess

import pytest

from dev.places import ROOT

MANIFEST = {"name": "Examples", "depends": ["paynow_module"], "license": "LGPL-3"}
TRY = """
import json

company = env.ref("base.main_company")
website = env["website"].search([("company_id", "=", company.id)], limit=1)
Provider, Move = env["payment.provider"], env["account.move"]
invoice = Move.search([("name", "=", "Inv123")])

def methods(amount):
    options = Provider._paynow_get_options(
        company, website, partner=invoice.partner_id, amount=amount,
        currency=invoice.currency_id)
    return options[1].mapped("code")

found = {"methods": [methods(10.0), methods(2000.0)]}
provider = env.ref("payment.payment_provider_demo")
provider.name = "Old contract"
found["problem"] = provider._paynow_get_problem()
provider.name = "Demo"

delivery = env["res.partner"].create({"name": "Dock", "email": "DOCK@example.com"})
invoice.partner_shipping_id = delivery
found["email"] = "dock@example.com" in invoice._paynow_get_payer_emails()
found["numbers"] = [
    len(Move.search(Move._paynow_get_lookup_domain(company, number)))
    for number in ("Inv123", "Inv200")
]
link = invoice._paynow_get_link_email()
emails = invoice._paynow_get_payer_emails()
found["link"] = [link in emails, "/PAYNOW" in invoice.paynow_url]
invoice.partner_id.email = False
found["link email"] = invoice._paynow_get_link_email()
late = Move.search([("name", "=", "Inv124")])
late.ref = "In court"
found["obstacle"] = late._paynow_get_reminder_obstacle()
late.ref = "Gift"
found["mail notes"] = late._paynow_get_mail_notes()
form = {"paynow_example_order": " PO  4711 ", "paynow_note": "x"}
found["extra"] = env["payment.transaction"]._paynow_prepare_extra_values(form)
company.phone = False
found["notes"] = company._paynow_get_health()[-1]["message"]
body = env["mail.template"].create({
    "name": "Example", "model_id": env.ref("account.model_account_move").id,
    "body_html": '''XML''',
})._render_field("body_html", Move.search([("name", "=", "Inv124")]).ids)
found["mail"] = [str(text) for text in body.values()]
tx = env["payment.transaction"].create({
    "provider_id": provider.id, "reference": "example", "amount": 10,
    "payment_method_id": env.ref("payment.payment_method_card").id,
    "currency_id": invoice.currency_id.id, "partner_id": invoice.partner_id.id,
    "invoice_ids": [(6, 0, invoice.ids)], "is_paynow": True,
    "paynow_email": "client@example.com"})
tx._set_done()
tx._post_process()
found["chatter"] = str(invoice.message_ids.mapped("body"))
print(json.dumps(found))
"""


@pytest.fixture
def examples():
    """The document's examples, by language."""
    text = (ROOT / "docs" / "integrator.md").read_text()
    found = re.findall(r"```(python|xml)\n(.*?)```", text, re.DOTALL)
    return {
        language: "\n".join(code for kind, code in found if kind == language)
        for language in ("python", "xml")
    }


def test_the_examples_of_the_manual_work(stack, paynow_db, examples, tmp_path):
    """A module made of them is installed, and each of them does what it says."""
    module = tmp_path / "paynow_example"
    module.mkdir()
    (module / "__manifest__.py").write_text(repr(MANIFEST))
    (module / "__init__.py").write_text("from . import models\n")
    (module / "models.py").write_text(examples["python"])
    addons = ",".join(map(str, [*stack.odoo.addons, ROOT, tmp_path]))
    options = ["-d", paynow_db, "--addons-path", addons, "--no-http"]
    stack.run_odoo(
        "server", *options, "-i", "paynow_example", "--stop-after-init",
        log=tmp_path / "odoo.log", otherwise="The examples could not be installed.",
    )  # fmt: skip
    done = subprocess.run(
        stack.command("shell", *options, "--log-level=error"),
        input=TRY.replace("XML", examples["xml"]),
        capture_output=True,
        text=True,
        env=stack.environment,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    small, large = found["methods"]
    assert set(small) - set(large) == {"card"} and large
    assert found["problem"] == "Its contract has ended."
    assert found["email"] is True
    assert found["numbers"] == [1, 1]
    assert found["link"] == [True, True]
    assert "@" in found["link email"]
    assert found["obstacle"] == "The lawyers have it."
    assert found["mail notes"][-1] == "Thank you for the gift."
    assert found["extra"]["paynow_example_order"] == "PO 4711"
    assert found["extra"]["paynow_note"] == "x"
    assert "phone number" in found["notes"]
    assert "/PAYNOW?link=" in found["mail"][0]
    assert "Paid online, thank you!" in found["chatter"]
