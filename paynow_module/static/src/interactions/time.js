import {rpc} from "@web/core/network/rpc";
import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** After how many milliseconds to tell that the page works for five more minutes. */
const NOTICE = 25 * 60 * 1000;

/**
 * Tell in time that the page closes, and keep it open for whoever asks: all that they have
 * entered stays.
 */
export class PaynowTime extends Interaction {
    static selector = "#o_paynow_time";
    dynamicContent = {
        _root: {"t-on-click": this.onClick},
    };

    start() {
        this.wait();
    }

    /** Say nothing for a while. */
    wait() {
        this.show([]);
        this.waitForTimeout(() => {
            const notice = this.el.querySelector("template").content.cloneNode(true);
            this.show(notice.children);
        }, NOTICE);
    }

    /**
     * @param {Iterable<Element>} elements - What stands in the line that is read aloud.
     * @returns {void}
     */
    show(elements) {
        this.el.querySelector('[data-name="closing"]').replaceChildren(...elements);
    }

    /**
     * Ask for more time; where there is none, the page says so itself.
     *
     * @param {Event} ev
     * @returns {Promise<void>}
     */
    async onClick(ev) {
        if (!ev.target.closest('[name="o_paynow_more"]')) {
            return;
        }
        const {invoice, proof} = this.el.dataset;
        const {access_token: token} = await this.waitFor(
            rpc(`/PAYNOW/more/${invoice}`, {access_token: proof})
        );
        if (!token) {
            window.location.reload();
            return;
        }
        this.el.dataset.proof = token;
        for (const link of document.querySelectorAll(`[href*="${proof}"]`)) {
            link.href = link.getAttribute("href").replace(proof, token);
        }
        for (const form of document.querySelectorAll(`form[action*="${proof}"]`)) {
            form.action = form.getAttribute("action").replace(proof, token);
        }
        const detail = {token};
        window.dispatchEvent(new window.CustomEvent("o_paynow_more", {detail}));
        this.wait();
    }
}

registry.category("public.interactions").add("paynow_module.time", PaynowTime);
