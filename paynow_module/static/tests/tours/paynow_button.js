import {insertSnippet, registerWebsitePreviewTour} from "@website/js/tours/tour_utils";

// Events alone: some versions of Chromium crash, on Odoo's own blocks as on ours, where
// the tour's own `click` and `edit` take the focus out of the page in the builder.
const press = ({anchor}) => anchor.click();

/**
 * Return a way to fill in an option of a block.
 *
 * @param {String} text
 * @returns {Function}
 */
function fill(text) {
    return ({anchor}) => {
        anchor.value = text;
        for (const name of ["input", "change"]) {
            anchor.dispatchEvent(new window.Event(name, {bubbles: true}));
        }
    };
}

registerWebsitePreviewTour("paynow_button", {url: "/", edition: true}, () => [
    ...insertSnippet({
        id: "s_paynow",
        name: "Pay Bills Online",
        groupName: "Contact & Forms",
    }),
    {
        content: "Open the options of the button",
        trigger: ":iframe #wrap .s_paynow_button a",
        run: press,
    },
    {
        content: "Give it another label",
        trigger: "[data-action-id='paynowLabel'] input",
        run: fill("Pay your bill"),
    },
    {
        content: "Try to put an e-mail address into the link",
        trigger: "[data-action-id='paynowNumber'] input",
        run: fill("billing@client.example.com"),
    },
    {
        content: "The link tells nobody the address",
        trigger: ":iframe .s_paynow_button a[href='/PAYNOW?source=button']",
    },
    {
        content: "Put an invoice number into the link",
        trigger: "[data-action-id='paynowNumber'] input",
        run: fill("Inv123"),
    },
    {
        content: "The link carries it",
        trigger: ":iframe .s_paynow_button a[href$='&invoice=Inv123']",
    },
    {
        content: "Look at the styles",
        trigger: "[data-label='Style'] .dropdown-toggle",
        run: press,
    },
    {
        content: "Choose another one",
        trigger: ".o-dropdown--menu [data-class-action='btn-secondary']",
        run: press,
    },
    {
        content: "The button has it",
        trigger: ":iframe .s_paynow_button a.btn-secondary:contains('Pay your bill')",
    },
    {
        content: "Save the page",
        trigger: "button[data-action='save']:enabled",
        run: press,
    },
    {
        content: "Leave the builder",
        trigger: "body:not(.o_builder_open)",
        timeout: 50000,
    },
]);
