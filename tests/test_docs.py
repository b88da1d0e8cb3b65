"""The manuals are true: their examples work, and the tests that they name are there."""

import ast
import json
import re
import subprocess

import pytest

from dev.neighbours import TESTS, read_sets
from dev.places import ADDON, ROOT

#: What a manual says of a test: in which folder, which file, which test of it.
PROOF = re.compile(r"`(tests/)?(test_\w+)?(?:::(\w+|\*))?`")
MARK = re.compile(r"\[\^([\w-]+)\]")
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
provider.name = "Acme"
found["policy"] = sorted(provider._paynow_get_policy())
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
    assert found["policy"] == ["frame-src", "script-src"]
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


def test_each_host_of_a_provider_has_its_source():
    """The manual's table of what may be loaded is the code's."""
    file = ADDON / "models" / "payment" / "payment_provider_policy.py"
    policies = file.read_text().partition("class ")[0]
    rows = (ROOT / "docs" / "security.md").read_text()
    codes = re.findall(r'^    "(\w+)": ', policies, re.MULTILINE)
    hosts = re.findall(r'"https://(.+?)"', policies)
    assert codes and hosts
    assert [name for name in codes + hosts if f"`{name}`" not in rows] == []


def read_tests():
    """Return the names of all tests, by folder and file."""
    names = {}
    for folder, root in (("tests/", ROOT / "tests"), ("", ADDON / "tests")):
        for path in root.rglob("test_*.py"):
            names[folder, path.stem] = {
                node.name
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            }
    return names


def find_missing(text):
    """Return what a manual names as a proof and is not there."""
    tests, missing, last = read_tests(), [], ("", "")
    for folder, file, name in PROOF.findall(text):
        if not file and not name:
            continue
        known = [last] if not file else [(folder, file)]
        if file and not folder:
            # Named in full once, then by the file alone.
            known.append(("tests/", file))
        last = next((place for place in known if place in tests), None)
        if not last or (name not in ("", "*") and f"test_{name}" not in tests[last]):
            missing.append("".join((folder, file, "::", name)))
    return missing


@pytest.mark.parametrize("manual", ["accountant", "accountant-month", "cases"])
def test_the_tests_that_a_manual_names_are_there(manual):
    """Who follows a proof finds it."""
    text = (ROOT / "docs" / f"{manual}.md").read_text()
    assert len(PROOF.findall(text)) > (100 if manual != "accountant-month" else 0)
    assert find_missing(text) == []


def test_a_proof_that_is_not_there_is_found():
    """Were a test renamed, the manuals that name it would be named."""
    text = "`test_month::nothing`, `test_nothing`, `tests/test_month`, `test_docs`"
    assert find_missing(text) == [
        "test_month::nothing", "test_nothing::", "tests/test_month::"
    ]  # fmt: skip


def test_every_sentence_for_accountants_has_its_test():
    """Each sentence ends with a mark, each mark has its proof, each proof is used."""
    text = (ROOT / "docs" / "accountant.md").read_text()
    body, _title, notes = text.partition("## Said above")
    proofs = dict(re.findall(r"^\[\^([\w-]+)\]: (.+)$", notes, re.MULTILINE))
    assert set(MARK.findall(body)) == set(proofs)
    assert all(PROOF.search(proof) for proof in proofs.values())
    lines = body.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        is_head = line.startswith(("#", "|--", "| ![")) or after.startswith("|--")
        if not line or is_head:
            continue
        assert MARK.search(line), line
        # In a cell the mark stands at the end.
        if not line.startswith("|"):
            assert not re.findall(r"\S+[.!?](?=\s|$)", line), line
        assert line.endswith(("]", ":", "|")), line


def test_the_page_of_other_add_ons_names_what_the_table_names():
    """Nobody reads there of another version, or of one that is no longer tried."""
    text = (ROOT / "docs" / "neighbours.md").read_text()
    named = re.findall(r"(?m)^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|", text)
    assert sorted(named) == sorted(
        (addon, version.replace("odoo", "Odoo's own"), name)
        for name, addons in read_sets().items()
        for addon, version in addons.items()
        if addon != TESTS
    )
