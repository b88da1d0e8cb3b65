import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/**
 * Show what a client consents to with the saved method that is chosen: the words of a bank
 * account are others than those of a card. Who has ticked the box ticks it again.
 */
export class PaynowConsent extends Interaction {
    static selector = "form:has([name='o_paynow_consent_words'])";
    dynamicContent = {
        "[name='token_id']": {"t-on-change": this.onChange},
    };

    /**
     * @param {Event} ev
     * @returns {void}
     */
    onChange(ev) {
        const text = this.el.querySelector("[name='text']");
        for (const words of this.el.querySelectorAll(
            "[name='o_paynow_consent_words']"
        )) {
            const isChosen = words.dataset.token === ev.currentTarget.value;
            words.classList.toggle("d-none", !isChosen);
            if (isChosen && text.value !== words.textContent) {
                text.value = words.textContent;
                this.el.querySelector("[name='consent']").checked = false;
            }
        }
    }
}

registry.category("public.interactions").add("paynow_module.consent", PaynowConsent);
