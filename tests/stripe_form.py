"""Stripe's script in the browser, as far as Odoo's form calls it.

It draws no form and takes no card; the card is entered at the stand-in for Stripe when
the page has it confirm the intent. It tells what it was asked, and whether the payer
saw the confirmation then.
"""

ADDRESS = "https://js.stripe.com/**"
SCRIPT = """
const tell = (what, value) => window.stripeHears(
    what,
    value,
    document.querySelector("#o_paynow_confirmation_buttons").checkVisibility(),
);
window.Stripe = () => ({
    elements: () => {
        const element = {
            mount: (box) => box.append("The form of Stripe"),
            on: () => element,
            update: ({paymentMethodOrder}) => tell("order", paymentMethodOrder),
        };
        return {
            create: () => element,
            getElement: () => element,
            submit: () => tell("submit", null),
            update: () => {},
        };
    },
    confirmPayment: async ({clientSecret, confirmParams}) => {
        const [id] = clientSecret.split("_secret_");
        await tell("confirm", id);
        const url = new URL(confirmParams.return_url);
        url.searchParams.set("payment_intent", id);
        window.location = url;
        return {};
    },
});
"""


def listen(page, confirm):
    """Serve the script on a page; note what it is asked.

    :param playwright.sync_api.Page page: the page
    :param confirm: the function that confirms an intent, by its id
    :return: what was asked, and whether the confirmation was seen then; grows
    :rtype: list[tuple]
    """
    asked = []

    def hear(what, value, is_confirming):
        if what == "confirm":
            confirm(value)
            value = None
        asked.append((what, value, is_confirming))

    page.expose_function("stripeHears", hear)
    page.route(
        ADDRESS,
        lambda route: route.fulfill(body=SCRIPT, content_type="text/javascript"),
    )
    return asked
