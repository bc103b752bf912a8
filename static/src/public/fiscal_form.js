import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

// Offers the regimes of the kind of person that the RFC has, and the usages of the regime. The server checks both anyway.
export class FiscalForm extends Interaction {
    static selector = ".o_l10n_mx_facture_fiscal_form";
    dynamicContent = {
        "input[name=rfc]": { "t-on-input": this.narrow },
        "select[name=regime]": { "t-on-change": this.narrow },
    };

    start() {
        this.narrow();
    }

    narrow() {
        const rfc = this.el.querySelector("input[name=rfc]").value.toUpperCase().replace(/[^A-ZÑ&0-9]/g, "");
        const kind = { 12: "company", 13: "person" }[rfc.length];
        const regime = this.el.querySelector("select[name=regime]");
        this.offer(regime, (data) => !kind || kind in data);
        const code = regime.selectedOptions[0]?.dataset.code;
        this.offer(
            this.el.querySelector("select[name=usage]"),
            (data) => (!kind || kind in data) && (!code || data.regimes.includes(code))
        );
    }

    // what is chosen and does not fit stays to be seen, until something else is chosen
    offer(select, fits) {
        for (const option of select.options) {
            const isHidden = Boolean(option.value) && !option.selected && !fits(option.dataset);
            option.hidden = option.disabled = isHidden;
        }
    }
}

registry.category("public.interactions").add("l10n_mx_facture.fiscal_form", FiscalForm);
