import { registry } from "@web/core/registry";

import { BRANCH, button, choice, CONNECT, CUSTOMER, DEFAULTS, DELIVER, input, PRINT, PRODUCT_CODE } from "./jobs";

const tours = registry.category("web_tour.tours");
// Odoo hides it until it is chosen
const COLUMNS = "[name=invoice_line_ids] .o_optional_columns_dropdown_toggle";
const PRODUCT_COLUMN = [
    { content: "The columns", trigger: COLUMNS, run: "click" },
    { content: "Products", trigger: ".o-dropdown-item input[name=product_id]", run: "click" },
    { content: "Close", trigger: COLUMNS, run: "click" },
];
const LINE = "[name=invoice_line_ids] .o_selected_row";

// An administrator sets up a company that has nothing.
tours.add("l10n_mx_facture_first_set_up", { steps: () => [...DEFAULTS, ...CONNECT, ...BRANCH] });
tours.add("l10n_mx_facture_first_product", { steps: () => PRODUCT_CODE });

// Who may only invoice does the rest.
tours.add("l10n_mx_facture_first_customer", { steps: () => CUSTOMER });
tours.add("l10n_mx_facture_first_invoice", {
    steps: () => [
        { content: "New", trigger: ".o_list_button_add, .o-kanban-button-new", run: "click" },
        { content: "The customer", trigger: input("partner_id"), run: "edit ROBOTICA" },
        { content: "Take it", trigger: choice("ROBOTICA"), run: "click" },
        ...PRODUCT_COLUMN,
        { content: "A line", trigger: "[name=invoice_line_ids] .o_field_x2many_list_row_add a:first", run: "click" },
        { content: "The product", trigger: `${LINE} [name=product_id] input`, run: "edit Consultoría de prueba" },
        { content: "Take it", trigger: choice("Consultoría de prueba"), run: "click" },
        { content: "It has its price", trigger: `${LINE} [name=price_unit] input:value(1,500.00)` },
        ...DELIVER,
        ...PRINT,
        { content: "It is printed", trigger: button("action_print_pdf") },
    ],
});
