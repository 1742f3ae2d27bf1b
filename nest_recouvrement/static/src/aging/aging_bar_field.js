import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Shows what is owed by age, as one bar with its legend. */
export class AgingBarField extends Component {
    static template = "nest_recouvrement.AgingBarField";
    static props = { ...standardFieldProps };

    get segments() {
        const rows = this.props.record.data[this.props.name] || [];
        const owed = rows.filter((row) => row.amount > 0);
        const total = owed.reduce((sum, row) => sum + row.amount, 0);
        return owed.map((row) => ({ ...row, share: (100 * row.amount) / total }));
    }

    /** What a screen reader says of the bar. */
    get description() {
        return this.segments.map((row) => `${row.label}: ${row.formatted}`).join(", ");
    }
}

export const agingBarField = {
    component: AgingBarField,
    displayName: _t("Aging bar"),
    supportedTypes: ["json"],
};

registry.category("fields").add("recouvrement_aging_bar", agingBarField);
