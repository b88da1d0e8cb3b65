"""From the mail to the receipt: how often a client presses and types something."""

import pytest
from ledger import Ledger, fill
from payer import Payer

EMAIL = "taps@client.example.com"
READ_LINK = """
import json

print(json.dumps(env["account.move"].search([("name", "=", NUMBER)]).paynow_url))
"""
ONE_METHOD = """
env["payment.method"].search([("code", "=", "ach_direct_debit")]).active = False
env.cr.commit()
"""
#: Counts on all pages what a hand presses and types, the provider's form left out.
COUNT = """
const add = (name) => sessionStorage[name] = Number(sessionStorage[name] ?? 0) + 1;
const isOurs = (el) => !el.closest("[name=o_payment_inline_form]");
addEventListener("pointerdown", (ev) => isOurs(ev.target) && add("pressed"), true);
addEventListener("change", (ev) => {
    if (ev.target.matches("[type=text], [type=email]") && isOurs(ev.target))
        add("typed");
}, true);
"""


@pytest.mark.parametrize(("methods", "presses"), [(2, 3), (1, 2)])
def test_few_presses_lead_from_the_mail_to_the_receipt(
    stack, paynow_db, browser, start_server, shell, methods, presses
):
    """Besides the card: the method where there is a choice, Pay, and Pay once more."""
    number = f"Taps{methods}"
    Ledger(stack, paynow_db, shell).invoice(EMAIL, {number: 100.0})
    link = shell(fill(READ_LINK, NUMBER=number))
    if methods == 1:
        shell(ONE_METHOD)
    context = browser.new_context(base_url=start_server().url, locale="en-US")
    context.add_init_script(COUNT)
    payer = Payer(context.new_page())
    payer.open_link(f"/PAYNOW{link.partition('/PAYNOW')[2]}", number)
    if methods == 1:
        payer.page.locator("[name=customer_input]").fill("4242")
    else:
        payer.choose("Card")
    payer.proceed()
    assert payer.pay()["state"] == "done"
    pressed, typed = payer.page.evaluate(
        "[sessionStorage.pressed, sessionStorage.typed].map(text => Number(text ?? 0))"
    )
    print(f"{methods} methods: {pressed} pressed, {typed} typed besides the card")
    assert (pressed, typed) == (presses, 0)
    context.close()
