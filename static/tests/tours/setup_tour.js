import { registry } from "@web/core/registry";

// Where the sandbox is: the test says so in a cookie. No step reads a text: the user's language is Spanish.
const sandbox = () => decodeURIComponent(/l10n_mx_facture_sandbox=([^;]*)/.exec(document.cookie)[1]);
const field = (name) => `.o_field_widget[name=l10n_mx_facture_${name}] input`;
const ROWS = "[name=shown_step_ids] .o_data_row";
const HERE = ".o_l10n_mx_facture_here";

// An administrator connects the service in the settings, and goes on with what the list says.
registry.category("web_tour.tours").add("l10n_mx_facture_setup", {
    steps: () => [
        {
            content: "The address of the service",
            trigger: field("base_url"),
            async run({ edit }) {
                await edit(sandbox());
            },
        },
        { content: "The company's postal code, on the spot", trigger: field("zip"), run: "edit 06000" },
        { content: "User", trigger: field("login"), run: "edit demo" },
        { content: "Password", trigger: field("secret"), run: "edit demo" },
        { content: "Connect", trigger: "button[name=action_l10n_mx_facture_connect]", run: "click" },
        { content: "It tells who we are", trigger: ".o_notification:contains(ESCUELA KEMPER URGATE)" },
        { content: "The password is kept, not shown", trigger: `${field("secret")}:not(:value(demo))` },
        {
            content: "What is still missing",
            trigger: "button[name=action_l10n_mx_facture_checklist]:enabled",
            run: "click",
        },
        { content: "All steps", trigger: `${ROWS}:eq(7)` },
        { content: "The journals: to the field", trigger: `${ROWS}:eq(3) button[name=action_open]`, run: "click" },
        { content: "It is marked", trigger: `.o_field_widget[name=l10n_mx_facture_branch_ids]${HERE}` },
        {
            content: "Ask for the branches",
            trigger: ".o_field_widget[name=l10n_mx_facture_branch_ids] input",
            run: "edit 06000",
        },
        { content: "Take one", trigger: ".ui-menu-item a:contains(06000)", run: "click" },
        { content: "Save", trigger: ".o_form_button_save:enabled", run: "click" },
        { content: "It is saved", trigger: ".o_form_saved" },
        { content: "Back", trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a", run: "click" },
        { content: "That step is done", trigger: `${ROWS}:eq(3) [name=done] input:checked` },
        { content: "No button is left on it", trigger: `${ROWS}:eq(3):not(:has(button[name=action_open]))` },
    ],
});

// Open on a finding: the tab and the field.
registry.category("web_tour.tours").add("l10n_mx_facture_open_at", {
    steps: () => [
        { content: "Check", trigger: "button[name=action_l10n_mx_facture_check]", run: "click" },
        {
            content: "The customer's regime",
            trigger: ".modal .o_data_row:contains(Sin Régimen) button[name=action_open]",
            run: "click",
        },
        {
            content: "Not on the first tab, but here",
            trigger: `.o_notebook .tab-pane .o_field_widget[name=l10n_mx_facture_tax_regime_id]${HERE}`,
        },
    ],
});
