import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { getChannelIcon } from "../channel/channel_field";

const ICONS = {
    failed: "fa fa-fw fa-exclamation-triangle",
    held: "fa fa-fw fa-pause-circle",
    none: "fa fa-fw fa-check-circle",
    proposed: "fa fa-fw fa-question-circle",
};
const COLOURS = {
    failed: "text-danger",
    held: "text-info",
    none: "text-success",
    planned: "text-muted",
    proposed: "text-primary",
    todo: "text-primary",
};

/** Shows what comes next in a dossier: an icon for how, a colour for who is waited for. */
export class TodoField extends Component {
    static template = "nest_recouvrement.TodoField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get state() {
        return this.props.record.data.todo_state;
    }

    get icon() {
        return ICONS[this.state] || getChannelIcon(this.props.record.data.todo_channel);
    }

    get colour() {
        return COLOURS[this.state] || "";
    }

    get tooltip() {
        const { selection } = this.props.record.fields.todo_state;
        return Object.fromEntries(selection)[this.state];
    }
}

export const todoField = {
    component: TodoField,
    displayName: _t("What comes next"),
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "todo_channel", type: "selection" },
        { name: "todo_state", type: "selection" },
    ],
};

registry.category("fields").add("recouvrement_todo", todoField);
