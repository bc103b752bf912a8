import { registry } from "@web/core/registry";

const fits = {
    content: "It fits",
    trigger: "#wrap",
    run() {
        const page = document.documentElement;
        if (page.scrollWidth > page.clientWidth + 1) {
            throw new Error(`${page.scrollWidth} px in ${page.clientWidth}`);
        }
    },
};
const GO_ON = { trigger: "form[method=post] button[type=submit]", run: "click", expectUnloadPage: true };

const starts = (name, beginning) => ({
    content: `Download the ${name}`,
    trigger: `[name=files] a[href$='/${name}']`,
    async run() {
        const answer = await fetch(this.anchor.href);
        const text = await answer.text();
        if (!answer.ok || !text.startsWith(beginning)) {
            throw new Error(`no ${name}: ${answer.status} ${text.slice(0, 200)}`);
        }
    },
});

// Without a login: the code that is printed, one wrong field, and the wait for the stamp.
registry.category("web_tour.tours").add("l10n_mx_facture_self_invoicing", {
    steps: () => [
        { content: "In Spanish", trigger: "h1:contains(Facture su ticket)" },
        { content: "A code that is none", trigger: "input[name=code]", run: "edit 3333-3333" },
        { content: "Go on", ...GO_ON },
        { content: "No more is said", trigger: "[name=error]:contains(código)" },
        fits,
        { content: "The code of the ticket", trigger: "input[name=code]", run: "edit 2222-2222" },
        { content: "Go on", ...GO_ON },
        { content: "The ticket", trigger: "dl[name=facts]:contains(116.00)" },
        fits,
        { content: "RFC of a company", trigger: "input[name=rfc]", run: "edit XIQ891116QE4" },
        {
            content: "Regimes and usages of companies",
            trigger: "select[name=regime]",
            run() {
                const isShown = (name, code) => !document.querySelector(`select[name=${name}] option[data-code='${code}']`).hidden;
                if (!isShown("regime", "601") || isShown("regime", "605") || isShown("usage", "D01")) {
                    throw new Error("what doesn't fit is offered");
                }
            },
        },
        { content: "Name", trigger: "input[name=name]", run: "edit Xenón Industrial Quirúrgica, S.A. de C.V." },
        { content: "Regime", trigger: "select[name=regime]", run: "selectByLabel General de Ley" },
        { content: "A postal code that is none", trigger: "input[name=zip]", run: "edit 1234" },
        { content: "Usage", trigger: "select[name=usage]", run: "selectByLabel Gastos en general" },
        { content: "Invoice it", ...GO_ON },
        { content: "It is marked", trigger: "input[name=zip].is-invalid[aria-invalid=true]", run: "edit 76343" },
        fits,
        { content: "Invoice it", ...GO_ON },
        { content: "It is being stamped", trigger: "[role=status][name=waiting]" },
        fits,
    ],
});

// The same link, later.
registry.category("web_tour.tours").add("l10n_mx_facture_self_invoicing_done", {
    steps: () => [
        { content: "It is stamped", trigger: "[role=status][name=done]" },
        fits,
        starts("xml", "<?xml"),
        starts("pdf", "%PDF-"),
    ],
});
