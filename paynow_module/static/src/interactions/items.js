import {registry} from "@web/core/registry";
import {_t} from "@web/core/l10n/translation";
import {Interaction} from "@web/public/interaction";

/** For how many milliseconds the sum must rest before it is read aloud. */
const REST = 1000;

/**
 * The list of open invoices: the sum of what is ticked, and ticks without another page. What
 * may be paid is decided on the server; without scripts, the list works as it is.
 */
export class PaynowItems extends Interaction {
    static selector = "#paynow_items";
    dynamicContent = {
        _root: {
            "t-on-input": this.onInput,
            "t-on-change": this.remember,
            "t-on-submit": this.remember,
        },
        "[data-tick]": {"t-on-click.prevent": this.onTick},
    };

    setup() {
        this.say = this.debounced(this.say, REST);
        this.readFormat();
        this.rows = [...this.el.querySelectorAll(".o_paynow_item")]
            .map((row) => ({
                isLate: "late" in row.dataset,
                box: row.querySelector('[name="item"]'),
                amount: row.querySelector('[name^="amount_"]'),
                reason: row.querySelector('[name^="reason_"]'),
            }))
            .filter(({amount}) => amount);
        this.byInput = new Map();
        for (const row of this.rows) {
            row.full = this.parse(row.amount.dataset.full);
            for (const input of [row.box, row.amount, row.reason]) {
                this.byInput.set(input, row);
            }
        }
        for (const link of this.el.querySelectorAll("a[data-tick]")) {
            const button = document.createElement("button");
            button.type = "button";
            button.className = link.className;
            button.dataset.tick = link.dataset.tick;
            button.textContent = link.textContent;
            link.replaceWith(button);
        }
    }

    start() {
        this.recall();
        this.rows.forEach((row) => this.readRow(row));
        this.el.querySelector("#o_paynow_sum").hidden = false;
        this.showSum();
    }

    // #=== EVENT HANDLERS ===#

    /**
     * Tick the row in which an amount is typed.
     *
     * @param {Event} ev
     * @returns {void}
     */
    onInput(ev) {
        const row = this.byInput.get(ev.target);
        if (!row || ev.target === row.reason) {
            return;
        }
        if (ev.target === row.amount) {
            row.box.checked = true;
        }
        this.readRow(row);
        this.showSum();
        this.say();
    }

    /**
     * @param {Event} ev
     * @returns {void}
     */
    onTick(ev) {
        const {tick} = ev.currentTarget.dataset;
        for (const row of this.rows) {
            row.box.checked = tick === "all" || (tick === "overdue" && row.isLate);
            this.readRow(row);
        }
        this.showSum();
        this.say();
        this.remember();
    }

    // #=== DOM MANIPULATION ===#

    /**
     * Note what is paid of a row, and ask for a reason where that is less than is open.
     *
     * @param {Object} row
     * @returns {void}
     */
    readRow(row) {
        row.value = row.box.checked ? this.parse(row.amount.value) : 0;
        row.reason
            .closest("details")
            .classList.toggle(
                "o_paynow_told",
                row.box.checked && row.value > 0 && row.value < row.full
            );
    }

    /** Show how much is ticked, in the server's way of writing it. */
    showSum() {
        const count = this.rows.filter(({box}) => box.checked).length;
        const sum = this.rows.reduce((total, {value}) => total + value, 0);
        const line = this.el.querySelector("#o_paynow_sum");
        line.querySelector('[data-name="count"]').textContent =
            count === 1 ? _t("1 invoice") : _t("%s invoices", count);
        line.querySelector('[data-name="sum"]').textContent = isNaN(sum)
            ? "–"
            : this.zero.replace(/0.*0|0/, () => this.format.format(sum));
    }

    /** Have the sum read aloud. */
    say() {
        const texts = this.el.querySelectorAll("#o_paynow_sum > *");
        this.el.querySelector("#o_paynow_said").textContent = [...texts]
            .map((text) => text.textContent)
            .join(": ");
    }

    // #=== AMOUNTS ===#

    /** Learn how the server writes amounts. */
    readFormat() {
        this.zero = this.el.dataset.zero;
        const digits = (this.zero.match(/0.*0|0/)[0].match(/0/g) ?? []).length - 1;
        const [lang] = document.documentElement.lang.split("@"); // `sr@latin` is Odoo's.
        this.format = new Intl.NumberFormat(lang, {
            minimumFractionDigits: digits,
            maximumFractionDigits: digits,
            numberingSystem: "latn",
        });
        const parts = this.format.formatToParts(-1234567.8);
        const find = (type) => parts.find((part) => part.type === type)?.value;
        this.point = find("decimal") ?? ".";
        this.group = find("group") ?? " ";
    }

    /**
     * Read an amount as the server does, if less strictly.
     *
     * @param {string} text
     * @returns {number} NaN if it is none.
     */
    parse(text) {
        const {point, group} = this;
        let plain = "";
        // Which currency is named on either side, the server looks at.
        const named = /^[\p{L}\p{Sc}\s]+(?![.,٫])|[\p{L}\p{Sc}\s]+$/gu;
        for (const char of text.normalize("NFKC").replace(named, "")) {
            if (/[0-9]/.test(char)) {
                plain += char;
            } else if (/[٠-٩۰-۹]/.test(char)) {
                plain += char.codePointAt(0) % 16;
            } else if (char === point || char === "٫") {
                plain += ".";
            } else if (
                char !== group &&
                char !== "٬" &&
                !/[\s'’\p{Sc}\p{Cf}]/u.test(char)
            ) {
                return NaN;
            }
        }
        return plain ? Number(plain) : NaN;
    }

    // #=== BACK AND RELOAD ===#

    /** Keep what is ticked and typed with this page of the browser's history. */
    remember() {
        const items = this.rows
            .filter(
                ({box, amount}) => box.checked || amount.value !== amount.defaultValue
            )
            .map(({box, amount, reason}) => [
                box.value,
                amount.dataset.full,
                box.checked,
                amount.value,
                reason.value,
            ]);
        window.history.replaceState({...window.history.state, items}, "");
    }

    /** Tick and type again what was, unless the server had news of a row since. */
    recall() {
        const kept = window.history.state?.items;
        if (!kept) {
            return;
        }
        const byId = new Map(kept.map((item) => [item[0], item]));
        for (const {box, amount, reason} of this.rows) {
            const [, full, isTicked, typed, why] = byId.get(box.value) ?? [];
            const isSame = full === amount.dataset.full;
            box.checked = isSame && isTicked;
            amount.value = isSame ? typed : amount.defaultValue;
            reason.value = isSame ? why : reason.defaultValue;
            reason.closest("details").open ||= Boolean(reason.value);
        }
    }
}

registry.category("public.interactions").add("paynow_module.items", PaynowItems);
