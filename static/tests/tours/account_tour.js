import { registry } from "@web/core/registry";

// Where the sandbox is: the test says so in a cookie.
const sandbox = () => decodeURIComponent(/l10n_mx_facture_sandbox=([^;]*)/.exec(document.cookie)[1]);
const field = (name) => `.o_field_widget[name=${name}] input`;
const BRANCH = "[name=branch_ids] .o_data_row:contains(06000)";

// An administrator enters the credentials, tests them, syncs the branches and gives one a journal.
registry.category("web_tour.tours").add("l10n_mx_facture_account", {
    steps: () => [
        { content: "A new account", trigger: ".o_list_button_add", run: "click" },
        { content: "Its name", trigger: field("name"), run: "edit Facture APP" },
        {
            content: "The address of the service",
            trigger: field("base_url"),
            async run({ edit }) {
                await edit(sandbox());
            },
        },
        { content: "User", trigger: field("login"), run: "edit demo" },
        { content: "Password", trigger: field("secret"), run: "edit demo" },
        { content: "Test connection", trigger: "button[name=action_test_connection]", run: "click" },
        { content: "Who we are", trigger: "[name=holder]:contains(ESCUELA KEMPER URGATE)" },
        { content: "And it says so", trigger: ".o_notification:contains(Connected)" },
        { content: "Sync branches", trigger: "button[name=action_sync_branches]:enabled", run: "click" },
        { content: "The time zone of Tijuana", trigger: "[name=branch_ids] .o_data_row:contains(America/Tijuana)" },
        { content: "A journal for Mexico City", trigger: `${BRANCH} td[name=journal_ids]`, run: "click" },
        { content: "Look it up", trigger: `${BRANCH} td[name=journal_ids] input`, run: "edit Tour" },
        { content: "Take it", trigger: ".ui-menu-item a:contains(Tour Sales)", run: "click" },
        { content: "It is chosen", trigger: `${BRANCH} .o_tag:contains(Tour Sales)` },
        { content: "Save", trigger: ".o_form_button_save:enabled", run: "click" },
        { content: "It is saved", trigger: ".o_form_saved" },
    ],
});
