import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const TONES = {
    broken_promise: "danger",
    pickup_failed: "danger",
    step_failed: "danger",
    wrong: "danger",
    wrong_number: "danger",
    bounced: "danger",
    call_back: "primary",
    promise_due: "primary",
    repeat: "warning",
    known: "success",
    missing: "neutral",
};

/** Shows reasons, or what is known, as chips: a label, and the points if it has any. */
export class ChipsField extends Component {
    static template = "nest_recouvrement.ChipsField";
    static props = {
        ...standardFieldProps,
        limit: { type: Number, optional: true },
        total: { type: String, optional: true },
    };

    get all() {
        return this.props.record.data[this.props.name] || [];
    }

    get chips() {
        return this.props.limit ? this.all.slice(0, this.props.limit) : this.all;
    }

    /** What does not fit, as a tooltip of the last chip. */
    get rest() {
        return this.all.slice(this.chips.length);
    }

    get restTitle() {
        return this.rest.map((chip) => this.getText(chip)).join(", ");
    }

    get total() {
        return this.props.total && this.props.record.data[this.props.total];
    }

    getText(chip) {
        return chip.points ? `${chip.label} +${chip.points}` : chip.label;
    }

    getClass(chip) {
        return `o_recouvrement_chip_${TONES[chip.tone] || "neutral"}`;
    }

    getIcon(chip) {
        return { known: "fa-check", missing: "fa-circle-o", wrong: "fa-exclamation-triangle" }[chip.tone];
    }
}

export const chipsField = {
    component: ChipsField,
    displayName: _t("Chips"),
    supportedTypes: ["json"],
    supportedOptions: [
        {
            label: _t("Show at most"),
            name: "limit",
            type: "number",
        },
        {
            label: _t("Field of the sum"),
            name: "total",
            type: "field",
        },
    ],
    fieldDependencies: ({ options }) =>
        options?.total ? [{ name: options.total, type: "integer" }] : [],
    extractProps: ({ options }) => ({ limit: options.limit, total: options.total }),
};

registry.category("fields").add("recouvrement_chips", chipsField);
