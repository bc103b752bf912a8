import { registry } from "@web/core/registry";

const SERVICES = { sello_digital: { receipts: false }, facture_api: { receipts: true } };
const BADGE = "div[name=l10n_mx_facture_badge]";
const BRANCH = ".o_field_widget[name=l10n_mx_facture_branch_ids]";
const BUTTONS = ".o_statusbar_buttons";
const called = (name) => `button[name=action_l10n_mx_facture_${name}]`;
const button = (name) => `${BUTTONS} ${called(name)}`;
const named = (service) => `:contains(MATRIZ):contains(${service})`;
const file = (name) => `[name=l10n_mx_facture_${name}_attachment_id]`;

const RECEIPT = [
    { content: "Fetch receipt", trigger: `${button("fetch_receipt")}:enabled`, run: "click" },
    { content: "The receipt is there", trigger: `${file("receipt")}:contains(acuse_)` },
];
const NO_RECEIPT = [
    { content: "No receipt is offered", trigger: `${BUTTONS}:not(:has(${called("fetch_receipt")}))` },
];

for (const [service, { receipts }] of Object.entries(SERVICES)) {
    // A manager gives a journal to another service; the branches of both have the same name.
    registry.category("web_tour.tours").add(`l10n_mx_facture_to_${service}`, {
        steps: () => [
            { content: "Not this branch any more", trigger: `${BRANCH} .o_tag .o_delete`, run: "click" },
            { content: "None is left", trigger: `${BRANCH}:not(:has(.o_tag))` },
            { content: "Look up the other", trigger: `${BRANCH} input`, run: "edit MATRIZ" },
            { content: "Take it", trigger: `.o-autocomplete--dropdown-item a${named(service)}`, run: "click" },
            { content: "It is chosen", trigger: `${BRANCH} .o_tag${named(service)}` },
            { content: "Save", trigger: ".o_form_button_save:enabled", run: "click" },
            { content: "It is saved", trigger: ".o_form_saved" },
        ],
    });
    // An accountant stamps an invoice, looks at its files, cancels it and fetches the receipt where there is one.
    registry.category("web_tour.tours").add(`l10n_mx_facture_through_${service}`, {
        steps: () => [
            { content: "Stamp", trigger: `${button("stamp")}:enabled`, run: "click" },
            { content: "It is stamped", trigger: `${BADGE} .text-bg-success:contains(Stamped)` },
            { content: "Open the CFDI tab", trigger: ".o_notebook a[name=l10n_mx_facture]", run: "click" },
            { content: "By this service", trigger: `[name=l10n_mx_facture_branch_id]:contains(${service})` },
            { content: "The XML is there", trigger: `${file("xml")}:contains(.xml)` },
            { content: "The PDF is there", trigger: `${file("pdf")}:contains(.pdf)` },
            { content: "Cancel CFDI", trigger: `${button("cancel")}:enabled`, run: "click" },
            { content: "Reason 02", trigger: `.modal .o_field_widget[name=reason] input[data-value="02"]`, run: "click" },
            { content: "Request it", trigger: ".modal button[name=action_cancel]:enabled", run: "click" },
            {
                content: "It is requested, not cancelled",
                trigger: `body:not(:has(.modal)) ${BADGE} .text-bg-warning:contains(Cancellation requested)`,
            },
            ...(receipts ? RECEIPT : NO_RECEIPT),
        ],
    });
}
