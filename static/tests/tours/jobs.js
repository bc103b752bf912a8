// The jobs of doc/compared.rst, as a person does them: each step with `run` is a click or a field that is filled.
// No step reads a text, so that they work in every language. dev/tests/test_clicks.py counts them.

// Where the sandbox is: the test says so in a cookie.
const sandbox = () => decodeURIComponent(/l10n_mx_facture_sandbox=([^;]*)/.exec(document.cookie)[1]);
export const input = (name) => `.o_field_widget[name=${name}] :is(input, textarea)`;
const ours = (name) => input(`l10n_mx_facture_${name}`);
export const choice = (text) => `.o-autocomplete--dropdown-item a:contains(${text})`;
export const button = (name) => `.o_statusbar_buttons button[name=${name}]:enabled`;
export const BADGE = "div[name=l10n_mx_facture_badge]";
export const STAMPED = `${BADGE} .text-bg-success`;
const SAVED = { content: "It is saved", trigger: ".o_form_saved" };
const ROWS = "[name=shown_step_ids] .o_data_row";
const BACK = ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a";

// From the settings of a company that has nothing, to a connected service.
export const CONNECT = [
    { content: "The company's RFC", trigger: ours("vat"), run: "edit EKU9003173C9" },
    { content: "Its regime", trigger: ours("tax_regime_id"), run: "edit 601" },
    { content: "Take it", trigger: choice("601"), run: "click" },
    { content: "Its postal code", trigger: ours("zip"), run: "edit 06000" },
    { content: "The address", trigger: ours("base_url"), run: ({ edit }) => edit(sandbox()) },
    { content: "User", trigger: ours("login"), run: "edit demo" },
    { content: "Password", trigger: ours("secret"), run: "edit demo" },
    { content: "Connect", trigger: "button[name=action_l10n_mx_facture_connect]", run: "click" },
    { content: "It tells who we are", trigger: ".o_notification:contains(ESCUELA KEMPER URGATE)" },
];

// Of several branches, one for the journal; the only one is given to it by Connect.
export const BRANCH = [
    { content: "What is missing", trigger: "button[name=action_l10n_mx_facture_checklist]:enabled", run: "click" },
    { content: "The journals", trigger: `${ROWS}:eq(3) button[name=action_open]`, run: "click" },
    { content: "Ask for the branches", trigger: ours("branch_ids"), run: "edit 06000" },
    { content: "Take one", trigger: ".ui-menu-item a:contains(06000)", run: "click" },
    { content: "Save", trigger: ".o_form_button_save:enabled", run: "click" },
    SAVED,
];

// What is proposed to every customer.
export const DEFAULTS = [
    { content: "The usage", trigger: ours("usage_id"), run: "edit G03" },
    { content: "Take it", trigger: choice("G03"), run: "click" },
    { content: "The form", trigger: ours("payment_form_id"), run: "edit 03" },
    { content: "Take it", trigger: choice("03"), run: "click" },
];

// From the form of a product without SAT's code.
export const PRODUCT_CODE = [
    { content: "By its words", trigger: ours("product_code_id"), run: "edit consultoria" },
    { content: "Take one", trigger: choice("80101500"), run: "click" },
    { content: "Save", trigger: ".o_form_button_save:enabled", run: "click" },
    SAVED,
];

// From the page of customers to one who can be invoiced.
export const CUSTOMER = [
    { content: "New", trigger: ".o-kanban-button-new, .o_list_button_add", run: "click" },
    { content: "Name", trigger: input("name"), run: "edit UNIVERSIDAD ROBOTICA ESPAÑOLA" },
    { content: "E-mail", trigger: input("email"), run: "edit compras@example.com" },
    { content: "Postal code", trigger: input("zip"), run: "edit 86991" },
    { content: "RFC", trigger: input("vat"), run: "edit URE180429TM6" },
    { content: "The tab", trigger: ".o_notebook a[name=accounting]", run: "click" },
    { content: "Regime", trigger: ours("tax_regime_id"), run: "edit 601" },
    { content: "Take it", trigger: choice("601"), run: "click" },
    { content: "Save", trigger: ".o_form_button_save:enabled", run: "click" },
    SAVED,
];

// From a draft until the customer has PDF and XML.
export const DELIVER = [
    { content: "Confirm", trigger: button("action_post"), run: "click" },
    { content: "Send", trigger: button("action_invoice_sent"), run: "click" },
    { content: "CFDI is ticked", trigger: ".modal [name=extra_edi_checkboxes] input:checked" },
    { content: "Send", trigger: ".modal button[name=action_send_and_print]:enabled", run: "click" },
    { content: "It is stamped", trigger: `body:not(:has(.modal)) ${STAMPED}` },
];

export const PRINT = [{ content: "Print", trigger: button("action_print_pdf"), run: "click" }];

// From a stamped invoice to the request; SAT does the rest.
export const CANCEL = [
    { content: "Cancel CFDI", trigger: button("action_l10n_mx_facture_cancel"), run: "click" },
    { content: "Reason 02", trigger: '.modal [name=reason] input[data-value="02"]', run: "click" },
    { content: "Request it", trigger: ".modal button[name=action_cancel]:enabled", run: "click" },
    { content: "It is requested, not cancelled", trigger: `body:not(:has(.modal)) ${BADGE} .text-bg-warning` },
];

export const GO_BACK = { content: "Back", trigger: BACK, run: "click" };
