import { registry } from "@web/core/registry";

const pressed = (button) => `.o_statusbar_buttons button[name=${button}]:enabled`;
const SUBSTITUTED = "div[name=l10n_mx_facture_substituted]";

// An accountant cancels a CFDI with reason 01: the substitute is made, and cancels the old one once it is stamped.
registry.category("web_tour.tours").add("l10n_mx_facture_substitution", {
    steps: () => [
        { content: "Cancel CFDI", trigger: pressed("action_l10n_mx_facture_cancel"), run: "click" },
        { content: "What to expect", trigger: ".modal [name=expectation] .alert-success:contains(without the customer)" },
        { content: "Reason 01", trigger: '.modal .o_field_widget[name=reason] input[data-value="01"]', run: "click" },
        { content: "Make the substitute", trigger: ".modal button[name=action_substitute]:enabled", run: "click" },
        { content: "It is a draft", trigger: `body:not(:has(.modal)) ${pressed("action_post")}` },
        { content: "Post it", trigger: pressed("action_post"), run: "click" },
        { content: "Stamp it", trigger: pressed("action_l10n_mx_facture_stamp"), run: "click" },
        {
            content: "The old one's cancellation was requested by itself",
            trigger: ".o_notification:contains((reason 01) was requested)",
        },
        { content: "Back to the old one", trigger: ".breadcrumb-item a:last, .o_back_button a", run: "click" },
        { content: "It shows its substitute", trigger: `${SUBSTITUTED}:contains(Substituted by)` },
        {
            content: "It is requested, not cancelled",
            trigger: "div[name=l10n_mx_facture_badge] .text-bg-warning:contains(Cancellation requested)",
        },
    ],
});

// Many are cancelled from the list.
registry.category("web_tour.tours").add("l10n_mx_facture_cancel_many", {
    steps: () => [
        { content: "Choose all", trigger: "thead .o_list_record_selector input", run: "click" },
        { content: "Cancel CFDI", trigger: ".o_control_panel button[name=action_l10n_mx_facture_cancel]", run: "click" },
        { content: "Two", trigger: `.modal [name=summary]:contains("2 to cancel, 0 that can't be cancelled")` },
        { content: "Ask SAT", trigger: ".modal button[name=action_ask_sat]:enabled", run: "click" },
        { content: "SAT's word", trigger: ".modal .o_data_row [name=text]:contains(without the customer)" },
        { content: "Reason 03", trigger: '.modal .o_field_widget[name=reason] input[data-value="03"]', run: "click" },
        { content: "Request them", trigger: ".modal button[name=action_cancel]:enabled", run: "click" },
        { content: "Told", trigger: ".o_notification:contains(2 of 2 cancellations requested)" },
        {
            content: "The list shows it",
            trigger: "body:not(:has(.modal)) .o_list_view .o_data_row:contains(Cancellation requested)",
        },
    ],
});
