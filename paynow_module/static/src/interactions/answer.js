import {rpc} from "@web/core/network/rpc";
import {_t} from "@web/core/l10n/translation";
import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** After how many milliseconds to ask again; the last one is repeated. */
const WAITS = [0, 700, 1000, 1500, 2000, 3000, 3000, 5000, 5000, 10000];
/** How often to ask, which is for about ten minutes. */
const TIMES = 65;

/**
 * Bring the answer to a payment up to date while its payer waits. Asking also has Odoo post
 * what the provider has told, so that the number of the payment comes by itself.
 */
export class PaynowAnswer extends Interaction {
    static selector = "#o_paynow_answer[data-news]";

    start() {
        this.asked = 0;
        this.forget();
        this.wait();
    }

    /** Forget what the payment form remembers for another try, once there is none. */
    forget() {
        const {state} = this.el.querySelector("#o_paynow_receipt").dataset;
        if (!["draft", "cancel", "error"].includes(state)) {
            window.sessionStorage.removeItem("paynow");
        }
    }

    /** Ask in a while, or not any more. */
    wait() {
        if (this.asked < TIMES) {
            const wait = WAITS[Math.min(this.asked++, WAITS.length - 1)];
            this.waitForTimeout(() => this.ask(), wait);
        }
    }

    /** Show what became of the payment meanwhile. */
    async ask() {
        let news = null;
        try {
            news = await this.waitFor(rpc(this.el.dataset.news, {}, {silent: true}));
        } catch {
            this.say(_t("The connection is lost. This page goes on by itself."), true);
            this.wait();
            return;
        }
        this.say("");
        if (news.html) {
            this.show(news.html);
        }
        if (news.is_waiting) {
            this.wait();
        }
    }

    /**
     * Show the answer, and have it read aloud if it is another one.
     *
     * @param {string} html - The answer, as the server has made it.
     */
    show(html) {
        const before = this.el.querySelector("#o_paynow_receipt");
        const made = new window.DOMParser().parseFromString(html, "text/html");
        const after = made.querySelector("#o_paynow_receipt");
        const isSame = before.dataset.state === after.dataset.state;
        const interactions = this.services["public.interactions"];
        interactions.stopInteractions(before);
        before.replaceWith(document.adoptNode(after));
        interactions.startInteractions(after);
        if (!isSame) {
            const heading = after.querySelector("h1").textContent.trim();
            const [, ...rest] = document.title.split(" | ");
            document.title = [heading, ...rest].join(" | ");
            // A failure is read by itself, as it is an alert.
            this.say(after.querySelector("[role=alert]") ? "" : heading);
            this.forget();
        }
    }

    /**
     * Have something read aloud.
     *
     * @param {string} text - A sentence.
     * @param {boolean} isShown - Whether it is shown as well.
     */
    say(text, isShown = false) {
        const said = document.querySelector("#o_paynow_said");
        said.className = isShown ? "alert alert-warning mt-3" : "visually-hidden";
        if (said.textContent !== text) {
            said.textContent = text;
        }
    }
}

registry.category("public.interactions").add("paynow_module.answer", PaynowAnswer);
