import { registry } from "@web/core/registry";

import { button, choice, GO_BACK, input } from "./jobs";

const tours = registry.category("web_tour.tours");
const FORM = "l10n_mx_facture_payment_form_id";
const CAUSES = ".modal [name=cause_ids] .o_data_row";
const HERE = ".o_l10n_mx_facture_here";
const DUE = ".o_form_view .alert:contains(REP)";
const STAMP_RECEIPT = button("action_l10n_mx_facture_stamp");
const RECEIPT = "button[name=action_l10n_mx_facture_open_reps]";

// From an invoice on credit to the receipt of its payment; the journal doesn't say how the money came in.
tours.add("l10n_mx_facture_receipt", {
    steps: () => [
        { content: "Pay", trigger: button("action_register_payment"), run: "click" },
        { content: "The form is asked", trigger: `.modal .o_required_modifier[name=${FORM}]`, run: "click" },
        { content: "By its code", trigger: `.modal ${input(FORM)}`, run: "edit 03" },
        { content: "Take it", trigger: choice("03"), run: "click" },
        { content: "Pay", trigger: ".modal button[name=action_create_payments]:enabled", run: "click" },
        { content: "A receipt is due", trigger: ".o_notification:contains(Fecha límite), .o_notification:contains(fecha límite)" },
        { content: "The invoice says it, too", trigger: `body:not(:has(.modal)) ${DUE}` },
        { content: "To the payment", trigger: "button[name=open_payments]", run: "click" },
        { content: "So does the payment", trigger: DUE },
        { content: "Stamp the receipt", trigger: STAMP_RECEIPT, run: "click" },
        { content: "It is done", trigger: ".o_form_view:not(:has(.alert:contains(REP)))" },
        { content: "To the receipt", trigger: RECEIPT, run: "click" },
        { content: "It is stamped", trigger: ".o_form_view [name=uuid]:contains(-)" },
        { content: "With the invoice", trigger: "[name=line_ids] .o_data_row [name=installment]:contains(1)" },
        { content: "Nothing is left", trigger: "[name=line_ids] .o_data_row [name=balance_after]:contains(0.00)" },
    ],
});

// What is due, with a payment of which nobody has said the form: from the cause to the field, and then it passes.
tours.add("l10n_mx_facture_receipt_causes", {
    steps: () => [
        { content: "All that is due", trigger: "thead .o_list_record_selector input", run: "click" },
        { content: "Stamp", trigger: ".o_control_panel button[name=action_stamp]", run: "click" },
        { content: "Of one the form", trigger: `${CAUSES}:contains(CRP20212) button[name=action_open]`, run: "click" },
        { content: "At the field", trigger: `.o_field_widget[name=${FORM}]${HERE} input`, run: "edit 28" },
        { content: "Take it", trigger: choice("28"), run: "click" },
        { content: "Save", trigger: ".o_form_button_save:enabled", run: "click" },
        { content: "It is saved", trigger: ".o_form_saved" },
        { content: "Stamp the receipt", trigger: STAMP_RECEIPT, run: "click" },
        { content: "It is done", trigger: `.o_form_view ${RECEIPT}` },
        GO_BACK,
        { content: "Nothing is due", trigger: ".o_view_nocontent" },
    ],
});
