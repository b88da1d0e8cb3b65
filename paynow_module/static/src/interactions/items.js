import {registry} from "@web/core/registry";
import {_t} from "@web/core/l10n/translation";
import {Interaction} from "@web/public/interaction";

/**
 * The list of open invoices: the sum of what is ticked, and ticks without another page. What
 * may be paid is decided on the server; without scripts, the list works as it is.
 */
export class PaynowItems extends Interaction {
    static selector = "#paynow_items";
    dynamicContent = {
        _root: {"t-on-input": this.onInput, "t-on-change": this.update},
        "[data-tick]": {"t-on-click.prevent": this.onTick},
    };

    start() {
        const {currency, digits} = this.el.dataset;
        this.money = new Intl.NumberFormat(document.documentElement.lang, {
            style: "currency",
            currency,
            minimumFractionDigits: Number(digits),
            maximumFractionDigits: Number(digits),
        });
        this.rows = [...this.el.querySelectorAll(".o_paynow_item")].map((row) => ({
            row,
            box: row.querySelector('[name="item"]'),
            amount: row.querySelector('[name^="amount_"]'),
            reason: row.querySelector("details"),
        }));
        this.el.querySelector("#o_paynow_sum").hidden = false;
        document.querySelector("#o_paynow_items_error")?.focus();
        this.update();
    }

    /**
     * Tick the row in which an amount is typed.
     *
     * @param {Event} ev
     * @returns {void}
     */
    onInput(ev) {
        const row = this.rows.find(({amount}) => amount === ev.target);
        if (row) {
            row.box.checked = true;
        }
        this.update();
    }

    /**
     * @param {Event} ev
     * @returns {void}
     */
    onTick(ev) {
        const {tick} = ev.currentTarget.dataset;
        for (const {row, box} of this.rows) {
            box.checked =
                !box.disabled &&
                (tick === "all" || (tick === "overdue" && "late" in row.dataset));
        }
        this.update();
    }

    /** Show the sum, and ask for a reason where less is paid. */
    update() {
        let sum = 0;
        let count = 0;
        for (const {box, amount, reason} of this.rows) {
            if (!amount) {
                continue;
            }
            const value = this.parse(amount.value);
            reason.hidden = !(box.checked && value < this.parse(amount.dataset.full));
            if (box.checked) {
                sum += value;
                count += 1;
            }
        }
        const line = this.el.querySelector("#o_paynow_sum");
        line.querySelector('[data-name="count"]').textContent =
            count === 1 ? _t("1 invoice") : _t("%s invoices", count);
        line.querySelector('[data-name="sum"]').textContent = isNaN(sum)
            ? "–"
            : this.money.format(sum);
    }

    /**
     * Read an amount as the page itself writes it, with or without groups of digits.
     *
     * @param {string} text
     * @returns {number} NaN if it is none.
     */
    parse(text) {
        const point = this.el.dataset.point;
        const plain = [...text.normalize("NFKC")]
            .filter((char) => /\d/.test(char) || char === point || char === "-")
            .join("");
        return plain ? Number(plain.replace(point, ".")) : NaN;
    }
}

registry.category("public.interactions").add("paynow_module.items", PaynowItems);
