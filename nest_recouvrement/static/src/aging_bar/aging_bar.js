import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Shows what is owed by age, as one bar with a legend. */
export class AgingBar extends Component {
    static template = "nest_recouvrement.AgingBar";
    static props = { ...standardFieldProps };

    get segments() {
        const rows = (this.props.record.data[this.props.name] || []).filter((row) => row.amount > 0);
        const total = rows.reduce((sum, row) => sum + row.amount, 0);
        return rows.map((row) => ({ ...row, share: (100 * row.amount) / total }));
    }
}

export const agingBar = {
    component: AgingBar,
    displayName: _t("Aging bar"),
    supportedTypes: ["json"],
};

registry.category("fields").add("recouvrement_aging_bar", agingBar);
