"""A provider that takes its payers to a page of its own: Odoo's wire transfer."""

import pytest
from axe import Report
from payer import CHOICE
from playwright.sync_api import expect
from windows import OVERFLOW, PHONE, WIDE

EMAIL = "office@stonebridge.example.com"

PUBLISH = """
env.ref("payment.payment_provider_transfer").write(
    {"state": "enabled", "is_published": True}
)
env.cr.commit()
"""
OUTCOME = """
import json

tx = env["payment.transaction"].search([("invoice_ids.name", "=", "Inv126")])
print(json.dumps({
    "transactions": [[tx.provider_code, tx.operation, tx.state, tx.amount]],
    "is_paynow": tx.is_paynow,
    "payments": len(tx.payment_id),
    "residual": tx.invoice_ids.amount_residual,
}))
"""


@pytest.fixture(scope="module")
def server(stack, paynow_db, shell, start_server, tmp_path_factory):
    """A server of a database in which the wire transfer is published, too."""
    stack.run_odoo(
        "server", "-d", paynow_db, "-i", "payment_custom", "--stop-after-init",
        "--no-http",
        log=tmp_path_factory.mktemp("install") / "odoo.log",
        otherwise="payment_custom could not be installed.",
    )  # fmt: skip
    shell(PUBLISH)
    return start_server()


def test_a_redirecting_provider_is_confirmed_then_paid(payer, shell):
    """The confirmation comes first; only its button leaves for the provider."""
    payer.look_up(EMAIL, "Inv126", "300")
    payer.expect_heading(CHOICE)
    option = payer.find_option("Wire Transfer")
    option.locator(".o_payment_option_label").click()
    sent = []
    payer.page.on("request", lambda request: sent.append(request.url))
    payer.proceed()
    expect(payer.page.locator("#o_paynow_confirmation")).to_contain_text(
        "Wire Transfer"
    )
    assert not [url for url in sent if "/transaction" in url]

    payer.page.locator("[name=o_paynow_pay]").click()
    receipt = payer.read_receipt()
    paths = ("/PAYNOW/transaction/", "/payment/custom/process", "/payment/status")
    for path in paths:
        assert any(path in url for url in sent), path
    assert (receipt["state"], receipt["Amount"]) == ("pending", "$300.00")
    # The payer still has to go to their bank: they are told so, and with which details.
    assert "Nothing is paid yet" in receipt["message"]
    expect(payer.page.locator("[data-name=instructions]")).to_contain_text(
        "Bank Account"
    )
    # This receipt is for everyone, too.
    report = Report("axe-wire-transfer")
    for width, height in (WIDE, PHONE):
        payer.page.set_viewport_size({"width": width, "height": height})
        report.check(payer.page, "receipt of a wire transfer")
        assert not payer.page.evaluate(OVERFLOW)

    outcome = shell(OUTCOME)
    assert outcome["transactions"] == [["custom", "online_redirect", "pending", 300.0]]
    assert outcome["is_paynow"] and not outcome["payments"]
    assert outcome["residual"] == 300.0


def test_the_promise_of_a_transfer_leaves_the_invoice_payable(payer):
    """As for Odoo's own pages: the client may still pay at once, by card."""
    payer.look_up(EMAIL, "Inv126", "300")
    payer.choose("Card")
    payer.proceed()
    assert payer.pay()["Still to pay"] == "$0.00"
