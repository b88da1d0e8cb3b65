"""The payer's own reference, the copy of the receipt, and the receipt on paper."""

import pypdfium2
from playwright.sync_api import expect

LEGAL = "office@stonebridge.example.com"
BOSS = "boss@stonebridge.example.com"
BOOKS = """
import json

tx = env["payment.transaction"].search([("paynow_note", "!=", False)])
tx._paynow_mail_due(10)  # As the mail queue does.
copies = env["mail.mail"].search([("email_to", "=", "boss@stonebridge.example.com")])
print(json.dumps({
    "note": tx.mapped("paynow_note"), "memo": tx.payment_id.memo,
    "copies": len(copies), "words": "PO 4711" in "".join(copies.mapped("body_html")),
}))
"""


def test_a_reference_and_a_copy_go_with_the_payment(payer, shell, tmp_path):
    """They are on the payment, the page and the sheet of paper; the copy is mailed."""
    page = payer.page
    payer.look_up(LEGAL, "Inv126", "300")
    payer.choose("Card")
    payer.proceed()
    page.get_by_text("Add a reference or a copy").click()
    page.get_by_label("Your reference or note").fill("PO 4711 & Co")
    page.get_by_label("Copy of the receipt to").fill("nobody")
    page.get_by_role("button", name="Pay ").click()
    # The browser says what is wrong with the address; nothing is paid.
    expect(page.locator("#o_paynow_copy_email:invalid")).to_be_focused()
    page.get_by_label("Copy of the receipt to").fill(BOSS)
    receipt = payer.pay()
    assert receipt["Your reference"] == "PO 4711 & Co"
    assert receipt["state"] == "done"

    books = shell(BOOKS)
    assert books["note"] == ["PO 4711 & Co"]
    assert "PO 4711 & Co" in books["memo"]
    assert books["copies"] == 1 and not books["words"]

    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Print or save as PDF").click()
    assert page.evaluate("window.printed")
    path = tmp_path / "receipt.pdf"
    page.pdf(path=path, format="A4")
    paper = pypdfium2.PdfDocument(path)
    assert len(paper) == 1
    text = paper[0].get_textpage().get_text_range()
    for word in ("Payment received", "Inv126", "$300.00", "PO 4711 & Co"):
        assert word in text
    for word in ("Pay another invoice", "LOG IN", "Useful Links", "Print or save"):
        assert word not in text
