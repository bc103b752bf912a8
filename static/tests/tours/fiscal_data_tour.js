import { registry } from "@web/core/registry";

const ROWS = ".modal [name=line_ids] .o_data_row";

// On the contact: what the constancia says, accepted but for one field. No step reads a text in a language.
registry.category("web_tour.tours").add("l10n_mx_facture_constancia", {
    steps: () => [
        { content: "The tab with the fiscal data", trigger: ".o_notebook a[name=accounting]", run: "click" },
        { content: "Read constancia", trigger: "button[name=action_l10n_mx_facture_constancia]", run: "click" },
        { content: "RFC, name, regime, postal code, country", trigger: `${ROWS}:eq(4)` },
        { content: "The name as SAT has it", trigger: `${ROWS} td[name=found]:contains(UNIVERSIDAD ROBOTICA ESPAÑOLA)` },
        { content: "Not the postal code", trigger: `${ROWS}:eq(3) td[name=accept]`, run: "click" },
        { content: "Is gone", trigger: `${ROWS}:eq(3) td[name=accept] input:not(:checked)` },
        { content: "Accept", trigger: ".modal button[name=action_accept]", run: "click" },
        { content: "Accepted", trigger: "body:not(:has(.modal)) .o_field_widget[name=l10n_mx_facture_tax_regime_id]" },
    ],
});

// The customer's page, without a login: one wrong field is marked, and what was typed stays.
registry.category("web_tour.tours").add("l10n_mx_facture_fiscal_data", {
    steps: () => [
        { content: "RFC", trigger: "input[name=rfc]", run: "edit ure-180429-tm6" },
        { content: "A postal code that is none", trigger: "input[name=zip]", run: "edit 1234" },
        { content: "Regime", trigger: "select[name=regime]", run: "selectByIndex 1" },
        { content: "Usage, from the contact", trigger: "select[name=usage]:not(:value(''))" },
        { content: "Who", trigger: "input[name=who]", run: "edit María Núñez" },
        { content: "Confirm", trigger: "form[method=post] button[type=submit]", run: "click", expectUnloadPage: true },
        { content: "It is marked", trigger: "input[name=zip].is-invalid[aria-invalid=true]", run: "edit 86991" },
        { content: "Only that", trigger: "input[name=who]:not(.is-invalid):value(María Núñez)" },
        { content: "Confirm", trigger: "form[method=post] button[type=submit]", run: "click", expectUnloadPage: true },
        { content: "Thanks", trigger: "p[name=is_done]" },
    ],
});

// A list says to a screen reader what a badge is the state of.
registry.category("web_tour.tours").add("l10n_mx_facture_badges", {
    steps: () => [
        {
            content: "The badge's name",
            trigger: ".o_data_row .badge[title*=CFDI]:has(.visually-hidden:contains(CFDI))",
        },
    ],
});

// On a phone Stamp can be pressed without opening a menu, or is the first in it.
registry.category("web_tour.tours").add("l10n_mx_facture_phone_causes", {
    steps: () => [
        { content: "Stamp", trigger: ".o_statusbar_buttons button:eq(0)[name=action_l10n_mx_facture_stamp]", run: "click" },
        { content: "It is stamped", trigger: "div[name=l10n_mx_facture_badge] .text-bg-success" },
    ],
});
