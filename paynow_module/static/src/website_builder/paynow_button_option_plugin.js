import {BuilderAction} from "@html_builder/core/builder_action";
import {BaseOptionComponent} from "@html_builder/core/utils";
import {SNIPPET_SPECIFIC} from "@html_builder/utils/option_sequence";
import {Plugin} from "@html_editor/plugin";
import {withSequence} from "@html_editor/utils/resource";
import {registry} from "@web/core/registry";

const PAGE = "/PAYNOW";

/**
 * Return the link of the block.
 *
 * @param {HTMLElement} editingElement - The block.
 * @returns {HTMLAnchorElement}
 */
function getLink(editingElement) {
    return editingElement.querySelector("a.btn");
}

export class PaynowButtonOption extends BaseOptionComponent {
    static template = "paynow_module.PaynowButtonOption";
    static selector = ".s_paynow_button";
}

export class PaynowLabelAction extends BuilderAction {
    static id = "paynowLabel";

    getValue({editingElement}) {
        return getLink(editingElement)?.textContent.trim() || "";
    }

    apply({editingElement, value}) {
        // A button without a text can't be found by those who don't see it.
        if (value.trim()) {
            getLink(editingElement).textContent = value.trim();
        }
    }
}

export class PaynowNumberAction extends BuilderAction {
    static id = "paynowNumber";

    getValue({editingElement}) {
        const query = getLink(editingElement)?.getAttribute("href").split("?")[1];
        return new URLSearchParams(query).get("invoice") || "";
    }

    apply({editingElement, value}) {
        const params = new URLSearchParams({source: "button"});
        // Whoever sees the website would see an address, too.
        if (value.trim() && !value.includes("@")) {
            params.set("invoice", value.trim());
        }
        getLink(editingElement).setAttribute("href", `${PAGE}?${params}`);
    }
}

class PaynowButtonOptionPlugin extends Plugin {
    static id = "paynowButtonOption";

    resources = {
        so_content_addition_selector: [".s_paynow_button"],
        builder_options: [withSequence(SNIPPET_SPECIFIC, PaynowButtonOption)],
        builder_actions: {PaynowLabelAction, PaynowNumberAction},
    };
}

registry
    .category("website-plugins")
    .add(PaynowButtonOptionPlugin.id, PaynowButtonOptionPlugin);
