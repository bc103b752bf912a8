import { registry } from "@web/core/registry";

const BADGE = "div[name=l10n_mx_facture_badge]";
const UUID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const pressed = (button) => `.o_statusbar_buttons button[name=action_l10n_mx_facture_${button}]:enabled`;
const reason = (code) => `.modal .o_field_widget[name=reason] input[data-value="${code}"]`;

// An accountant stamps a posted invoice, cancels its CFDI and fetches the receipt.
registry.category("web_tour.tours").add("l10n_mx_facture_invoice", {
    steps: () => [
        { content: "Stamp", trigger: pressed("stamp"), run: "click" },
        { content: "It is stamped, in green", trigger: `${BADGE} .text-bg-success:contains(Stamped)` },
        {
            content: "The UUID is shown",
            trigger: `${BADGE} [name=l10n_mx_facture_uuid]`,
            run() {
                if (!UUID.test(this.anchor.textContent.trim())) {
                    throw new Error(`no UUID: ${this.anchor.textContent}`);
                }
            },
        },
        { content: "Stamp is gone", trigger: `.o_statusbar_buttons:not(:has([name=action_l10n_mx_facture_stamp]))` },
        { content: "Open the CFDI tab", trigger: ".o_notebook a[name=l10n_mx_facture]", run: "click" },
        { content: "The history has it", trigger: "[name=l10n_mx_facture_document_ids] .o_data_row:contains(Stamped)" },
        { content: "The XML is there", trigger: "[name=l10n_mx_facture_xml_attachment_id]:contains(.xml)" },
        { content: "The PDF is there", trigger: "[name=l10n_mx_facture_pdf_attachment_id]:contains(.pdf)" },
        { content: "Download the XML", trigger: "button[name=action_l10n_mx_facture_download_xml]", run: "click" },
        { content: "Download the PDF", trigger: "button[name=action_l10n_mx_facture_download_pdf]:enabled", run: "click" },
        { content: "Cancel CFDI", trigger: pressed("cancel"), run: "click" },
        { content: "Reason 01", trigger: reason("01"), run: "click" },
        { content: "It asks for the replacement", trigger: ".modal [name=replacement_id]" },
        { content: "Or makes one", trigger: ".modal button[name=action_substitute]:contains(Make the substitute)" },
        { content: "Not without it", trigger: ".modal-footer:not(:has(button[name=action_cancel]))" },
        { content: "Reason 02", trigger: reason("02"), run: "click" },
        { content: "No replacement any more", trigger: ".modal:not(:has([name=replacement_id]))" },
        { content: "Request it", trigger: ".modal button[name=action_cancel]:enabled", run: "click" },
        {
            content: "It is requested, not cancelled",
            trigger: `body:not(:has(.modal)) ${BADGE} .text-bg-warning:contains(Cancellation requested)`,
        },
        { content: "Fetch receipt", trigger: pressed("fetch_receipt"), run: "click" },
        { content: "The receipt is there", trigger: "[name=l10n_mx_facture_receipt_attachment_id]:contains(acuse_)" },
        { content: "And in the chatter", trigger: ".o-mail-Message:contains(acuse)" },
    ],
});

// The list of invoices is filtered and grouped by the state of their CFDI.
registry.category("web_tour.tours").add("l10n_mx_facture_list", {
    steps: () => [
        { content: "Open the search menu", trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { content: "Only stamped ones", trigger: ".o_filter_menu .o_menu_item:contains(CFDI stamped)", run: "click" },
        { content: "One is", trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row:contains(Stamped)" },
        { content: "No filter", trigger: ".o_searchview_facet:contains(CFDI stamped) .o_facet_remove", run: "click" },
        { content: "Both are there", trigger: ".o_list_view .o_data_row:eq(1)" },
        { content: "Open the search menu", trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { content: "By the state of the CFDI", trigger: ".o_group_by_menu .o_menu_item:contains(CFDI state)", run: "click" },
        { content: "The stamped ones", trigger: ".o_group_name:contains(Stamped (1))" },
        { content: "The others", trigger: ".o_group_header:eq(1) .o_group_name:contains((1))" },
    ],
});
