import { onMounted, useRef } from "@odoo/owl";
import { Notebook } from "@web/core/notebook/notebook";
import { patch } from "@web/core/utils/patch";
import { FormRenderer } from "@web/views/form/form_renderer";

// Key of an action's context (models/common/actions.py): the field that mends a finding.
const KEY = "l10n_mx_facture_field";
const SHOWN = 4000; // milliseconds
const wanted = (env) => env.model?.config?.context?.[KEY];

/** The tab that has the field is the first one that is shown. */
patch(Notebook.prototype, {
    computeActivePage(defaultPage, activateDefault) {
        const field = wanted(this.env);
        if (field && !this.state.currentPage) {
            const page = this.pages.find(([, one]) => one.isVisible && one.fieldNames?.includes(field));
            if (page) {
                // else the next update of the props would show the default page
                this.defaultVisible = true;
                return page[0];
            }
        }
        return super.computeActivePage(defaultPage, activateDefault);
    },
});

/** The field has the cursor, and is marked for a moment. */
patch(FormRenderer.prototype, {
    setup() {
        super.setup();
        const field = wanted(this.env);
        if (!field) {
            return;
        }
        const root = useRef("compiled_view_root");
        onMounted(() =>
            setTimeout(() => {
                const shown = (root.el || document).querySelector(`.o_field_widget[name="${field}"]`);
                if (shown) {
                    shown.scrollIntoView({ block: "center" });
                    shown.querySelector("input, textarea, select")?.focus();
                    shown.classList.add("o_l10n_mx_facture_here");
                    setTimeout(() => shown.classList.remove("o_l10n_mx_facture_here"), SHOWN);
                }
            })
        );
    },
});
