import { registry } from "@web/core/registry";
import { Component, onWillUnmount, xml } from "@odoo/owl";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const EVERY = 2000; // milliseconds

/** Reads a record again while its state says that something is still going on, so that its progress bar moves. */
export class Refresh extends Component {
    static template = xml`<span/>`;
    static props = { ...standardWidgetProps };

    setup() {
        this.timer = setInterval(() => this.refresh(), EVERY);
        onWillUnmount(() => clearInterval(this.timer));
    }

    async refresh() {
        const goesOn = ["running", "held"].includes(this.props.record.data.state);
        if (!goesOn || this.loading || document.hidden) {
            return;
        }
        this.loading = true;
        try {
            await this.props.record.load();
        } catch {
            // gone, or no connection: what is shown stays, and it isn't asked again
            clearInterval(this.timer);
        } finally {
            this.loading = false;
        }
    }
}

registry.category("view_widgets").add("l10n_mx_facture_refresh", { component: Refresh });
