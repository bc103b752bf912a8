import { registry } from "@web/core/registry";

const BLOCK = "[name=l10n_mx_facture_portal]";

const starts = (name, beginning) => ({
    content: `Download the ${name}`,
    async run() {
        const answer = await fetch(this.anchor.href);
        const text = await answer.text();
        if (!answer.ok || !text.startsWith(beginning)) {
            throw new Error(`no ${name}: ${answer.status} ${text.slice(0, 200)}`);
        }
    },
});

// The customer sees what it is, and has both files.
registry.category("web_tour.tours").add("l10n_mx_facture_portal", {
    steps: () => [
        { content: "What it is", trigger: `${BLOCK} [role=status]:contains(sin validez fiscal)` },
        { content: "Its UUID", trigger: `${BLOCK}:contains(Folio fiscal)` },
        { ...starts("XML", "<?xml"), trigger: `${BLOCK} a[name=cfdi_xml]` },
        { ...starts("PDF", "%PDF-"), trigger: ".o_download_pdf a[href*='report_type=pdf']:last" },
    ],
});
