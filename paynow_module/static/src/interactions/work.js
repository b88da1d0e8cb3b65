import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** How many hashes are reckoned at once. */
const BATCH = 1000;

/**
 * Find the number that, written after a puzzle, gives a hash with so many zero bits first.
 *
 * @param {string} puzzle
 * @param {number} bits
 * @returns {Promise<number>}
 */
async function solve(puzzle, bits) {
    const encoder = new window.TextEncoder();
    const hash = (number) =>
        window.crypto.subtle.digest("SHA-256", encoder.encode(`${puzzle}.${number}`));
    for (let first = 0; ; first += BATCH) {
        const numbers = Array.from({length: BATCH}, (_none, index) => first + index);
        const hashes = await Promise.all(numbers.map(hash));
        const found = hashes.findIndex(
            (digest) => new DataView(digest).getUint32(0) >>> (32 - bits) === 0
        );
        if (found >= 0) {
            return first + found;
        }
    }
}

/** Do the work that opens look-ups while strangers try many, and send the form again. */
export class PaynowWork extends Interaction {
    static selector = "#o_paynow_work";

    start() {
        this.work();
    }

    async work() {
        // Browsers reckon hashes for pages that came over HTTPS only.
        if (!window.crypto.subtle) {
            this.el.querySelector('[data-name="unable"]').classList.remove("d-none");
            return;
        }
        const {puzzle, answer} = this.el.elements;
        const bits = Number(this.el.dataset.bits);
        answer.value = await this.waitFor(solve(puzzle.value, bits));
        this.el.submit();
    }
}

registry.category("public.interactions").add("paynow_module.work", PaynowWork);
