import { registry } from "@web/core/registry";

const BUTTONS = ".o_statusbar_buttons";

/** What is wider than its place scrolls sideways: nothing on a phone may. */
const fits = (selector) => ({
    content: `${selector} fits`,
    trigger: selector,
    run() {
        const inside = this.anchor.querySelectorAll(".o_content, .modal-body, .o_list_renderer");
        for (const node of [document.documentElement, this.anchor, ...inside]) {
            if (node.scrollWidth > node.clientWidth + 1) {
                throw new Error(`${node.className || node.tagName}: ${node.scrollWidth} px in ${node.clientWidth}`);
            }
        }
    },
});

// On a phone: Stamp comes first, causes wrap, and nothing is wider than the screen.
registry.category("web_tour.tours").add("l10n_mx_facture_phone", {
    steps: () => [
        { content: "Stamp is first", trigger: `${BUTTONS} > button:first-child[name=action_l10n_mx_facture_stamp]` },
        fits(".o_action_manager"),
        { content: "The CFDI tab", trigger: ".o_notebook a[name=l10n_mx_facture]", run: "click" },
        fits(".o_action_manager"),
        { content: "Stamp", trigger: `${BUTTONS} button[name=action_l10n_mx_facture_stamp]`, run: "click" },
        { content: "The cause, as a card", trigger: ".modal [name=cause_ids] .o_kanban_record:contains(régimen)" },
        fits(".modal"),
        {
            content: "The sentence is whole",
            trigger: ".modal .o_kanban_record .text-wrap",
            run() {
                const style = getComputedStyle(this.anchor);
                if (style.whiteSpace.startsWith("nowrap") || this.anchor.scrollWidth > this.anchor.clientWidth + 1) {
                    throw new Error("it is cut");
                }
            },
        },
        { content: "A button leads to it", trigger: ".modal .o_kanban_record a[name=action_open]" },
    ],
});

// A stamped invoice, and the list of what is missing.
registry.category("web_tour.tours").add("l10n_mx_facture_phone_stamped", {
    steps: () => [
        { content: "The CFDI tab", trigger: ".o_notebook a[name=l10n_mx_facture]", run: "click" },
        { content: "Its history, as a card", trigger: "[name=l10n_mx_facture_document_ids] .o_kanban_record" },
        fits(".o_action_manager"),
    ],
});
registry.category("web_tour.tours").add("l10n_mx_facture_phone_checklist", {
    steps: () => [
        { content: "A button leads to it", trigger: "[name=shown_step_ids] .o_kanban_record a[name=action_open]" },
        fits(".o_action_manager"),
    ],
});
