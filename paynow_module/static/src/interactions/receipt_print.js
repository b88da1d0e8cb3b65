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
    };
}

registry
    .category("public.interactions")
    .add("paynow_module.receipt_print", PaynowReceiptPrint);
