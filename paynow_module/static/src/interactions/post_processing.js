import {patch} from "@web/core/utils/patch";

import {PaymentPostProcessing} from "@payment/interactions/post_processing";

patch(PaymentPostProcessing, {
    /**
     * Don't let the payer of a Pay Now payment wait while it is pending, which takes a bank
     * days: the receipt tells that it is.
     *
     * @override method from `@payment/interactions/post_processing`
     * @param {string} providerCode - The code of the provider handling the transaction.
     */
    getFinalStates(providerCode) {
        const finalStates = super.getFinalStates(...arguments);
        if (
            document.querySelector(
                '[name="o_payment_status"] a[href*="/PAYNOW/receipt/"]'
            )
        ) {
            finalStates.add("pending");
        }
        return finalStates;
    },
});
