import { registry } from "@web/core/registry";

import { BADGE, button, CANCEL, GO_BACK, STAMPED } from "./jobs";

const tours = registry.category("web_tour.tours");
const CAUSES = ".modal [name=cause_ids] .o_data_row";
const HERE = ".o_l10n_mx_facture_here";
const STAMP = button("action_l10n_mx_facture_stamp");

// Many are stamped from the list: what is wrong stands in one line a cause, the rest goes into a run.
tours.add("l10n_mx_facture_bulk_causes", {
    steps: () => [
        { content: "Choose all", trigger: "thead .o_list_record_selector input", run: "click" },
        { content: "Stamp", trigger: ".o_control_panel button[name=action_l10n_mx_facture_stamp]", run: "click" },
        { content: "One cause of two invoices", trigger: `${CAUSES}:contains("2 facturas"):contains("Sin Régimen")` },
        { content: "No other", trigger: `.modal [name=cause_ids]:not(:has(.o_data_row:eq(1)))` },
        { content: "What it takes", trigger: ".modal [name=credits_text]:contains(21)" },
        { content: "The ready ones", trigger: ".modal button[name=action_stamp_ready]:enabled", run: "click" },
        { content: "They wait in a run", trigger: "body:not(:has(.modal)) .o_form_view [name=count_waiting]:contains(21)" },
    ],
});

// The service refuses an invoice: the banner leads to the customer's field, and then it passes.
tours.add("l10n_mx_facture_refused", {
    steps: () => [
        { content: "Stamp", trigger: STAMP, run: "click" },
        { content: "Why", trigger: `${CAUSES}:contains("CFDI40148")` },
        { content: "To the customer", trigger: `${CAUSES} button[name=action_open]`, run: "click" },
        { content: "At the postal code", trigger: `.o_field_widget[name=zip]${HERE} input`, run: "edit 76343" },
        { content: "Save", trigger: ".o_form_button_save:enabled", run: "click" },
        { content: "It is saved", trigger: ".o_form_saved" },
        GO_BACK,
        { content: "It is rejected", trigger: `${BADGE} .text-bg-danger` },
        { content: "The banner knows of the change", trigger: ".o_form_view .alert-info:contains(presione Timbrar)" },
        { content: "Stamp", trigger: STAMP, run: "click" },
        { content: "It passes", trigger: STAMPED },
        { content: "No banner is left", trigger: ".o_form_view:not(:has(.alert-info:contains(presione Timbrar)))" },
    ],
});

// A cancellation that the customer has to accept, and once they have.
tours.add("l10n_mx_facture_cancel_asks", {
    steps: () => [
        ...CANCEL.slice(0, 1),
        { content: "The customer has to accept", trigger: ".modal [name=expectation] .alert:contains(aceptar)" },
        ...CANCEL.slice(1),
        { content: "Ask SAT", trigger: button("action_l10n_mx_facture_update_sat_status"), run: "click" },
        { content: "It waits", trigger: `${BADGE} .text-bg-warning` },
    ],
});
tours.add("l10n_mx_facture_cancel_accepted", {
    steps: () => [
        { content: "Ask SAT", trigger: button("action_l10n_mx_facture_update_sat_status"), run: "click" },
        { content: "It is cancelled", trigger: `${BADGE}:contains(Cancelado)` },
        { content: "Nothing to cancel any more", trigger: ".o_statusbar_buttons:not(:has([name=action_l10n_mx_facture_cancel]))" },
    ],
});
