import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** Print the receipt, or save it as PDF: each browser's own dialog does both. */
export class PaynowReceiptPrint extends Interaction {
    static selector = '[name="o_paynow_print"]';
    dynamicContent = {
        _root: {
            "t-att-class": () => ({"d-none": false}), // Without scripts, it stays hidden.
            "t-on-click": () => window.print(),
        },
        _window: {"t-on-beforeprint": this.unfold},
    };

    /** Put on paper what is folded on the screen. */
    unfold() {
        for (const details of document.querySelectorAll("#o_paynow_receipt details")) {
            details.open = true;
        }
    }
}

registry
    .category("public.interactions")
    .add("paynow_module.receipt_print", PaynowReceiptPrint);
