import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/** A badge that says what it is the state of: to a screen reader, and to who points at it. */
export class NamedBadgeField extends BadgeField {
    static template = "l10n_mx_facture.NamedBadge";
    static props = { ...BadgeField.props, label: { type: String, optional: true } };

    get label() {
        return this.props.label || this.props.record.fields[this.props.name].string;
    }
}

registry.category("fields").add("l10n_mx_facture_badge", {
    ...badgeField,
    component: NamedBadgeField,
    // the looks of Odoo's
    additionalClasses: ["o_field_badge"],
    extractProps: (info, dynamicInfo) => ({ ...badgeField.extractProps(info, dynamicInfo), label: info.string }),
});
