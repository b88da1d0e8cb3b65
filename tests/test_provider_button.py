"""A provider that hides the button of the payment form and brings its own, like PayPal.

None of those can be reached from a test, so the page's own script is told to treat the
demo provider's card as they do: by the methods of Odoo's payment form that they call.
"""

from payer import CHOICE
from playwright.sync_api import expect

EMAIL = "office@stonebridge.example.com"

BRING_OWN_BUTTON = """() => {
    const { PaymentForm } = odoo.loader.modules.get(
        "@payment/interactions/payment_form"
    );
    const prepareInlineForm = PaymentForm.prototype._prepareInlineForm;
    PaymentForm.prototype._prepareInlineForm = async function (...args) {
        if (args[3] !== "card") {
            return prepareInlineForm.apply(this, args);
        }
        this._hideInputs();
        this._setPaymentFlow("direct");
        const radio = this.el.querySelector("input[name='o_payment_radio']:checked");
        const button = document.createElement("button");
        button.type = "button";
        button.id = "own_button";
        button.addEventListener("click", () => this.submitForm(new Event("own")));
        button.textContent = "Pay with the provider";
        this._getInlineForm(radio).prepend(button);
    };
}"""


def test_providers_own_button_pays_on_the_confirmation_only(payer):
    """It is out of reach before; there, it stands in place of ours."""
    payer.look_up(EMAIL, "Inv124", "34.50")
    payer.expect_heading(CHOICE)
    expect(payer.page.locator("#o_payment_form")).to_be_visible()
    payer.page.wait_for_function(
        "() => odoo.loader.modules.get('@payment/interactions/payment_form')"
    )
    payer.page.evaluate(BRING_OWN_BUTTON)
    own_button = payer.page.locator("#own_button")
    pay_button = payer.page.locator("[name=o_paynow_pay]")

    payer.find_option("Card").locator(".o_payment_option_label").click()
    expect(own_button).to_be_attached()
    expect(own_button).to_be_hidden()
    payer.proceed()
    expect(own_button).to_be_visible()
    expect(pay_button).to_be_hidden()

    own_button.click()
    receipt = payer.read_receipt()
    assert (receipt["state"], receipt["Amount"]) == ("done", "$34.50")
    assert not payer.complaints
