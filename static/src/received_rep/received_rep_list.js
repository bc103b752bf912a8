import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { fileUploadListView } from "@account/views/file_upload_list/file_upload_list_view";

/** Core's list with an upload button, on which files are dropped; it speaks of bills and of AI. */
class ReceivedRepListRenderer extends fileUploadListView.Renderer {
    setup() {
        super.setup();
        this.dropZoneTitle = _t("Drop the XML of suppliers' receipts of payment (REP) here.");
    }
}

registry.category("views").add("l10n_mx_facture_received_rep_list", {
    ...fileUploadListView,
    Renderer: ReceivedRepListRenderer,
});
