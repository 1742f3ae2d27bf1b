import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { getAgingClass } from "./aging";

/** Shows a number of days late as a badge in the colour of its age. */
export class DaysLateField extends Component {
    static template = "nest_recouvrement.DaysLateField";
    static props = { ...standardFieldProps, isSentence: { type: Boolean, optional: true } };

    get days() {
        return this.props.record.data[this.props.name] || 0;
    }

    get badgeClass() {
        return getAgingClass(this.days);
    }

    get text() {
        if (!this.props.isSentence) {
            return `${this.days}`;
        }
        return this.days === 1 ? _t("1 day late") : _t("%s days late", this.days);
    }
}

export const daysLateField = {
    component: DaysLateField,
    displayName: _t("Days late"),
    supportedTypes: ["integer"],
    supportedOptions: [
        {
            label: _t("As a sentence"),
            name: "sentence",
            type: "boolean",
            help: _t("Say what the number is, where no label does."),
        },
    ],
    extractProps: ({ options }) => ({ isSentence: Boolean(options.sentence) }),
};

registry.category("fields").add("recouvrement_days_late", daysLateField);
