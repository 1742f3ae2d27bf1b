import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { pick } from "@web/core/utils/objects";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Brings the next call in the place of this one: the way back leads to the worklist. */
export class NextCallWidget extends Component {
    static template = "nest_recouvrement.NextCallWidget";
    static props = { ...standardWidgetProps, skip: { type: Boolean, optional: true } };

    get label() {
        return this.props.skip ? _t("Skip to the Next Call") : _t("Next Call");
    }

    async next() {
        await this.env.onClickViewButton({
            clickParams: {
                name: "action_next",
                type: "object",
                stackPosition: "replaceCurrentAction",
            },
            getResParams: () =>
                pick(this.props.record, "context", "evalContext", "resModel", "resId", "resIds"),
        });
    }
}

export const nextCallWidget = {
    component: NextCallWidget,
    extractProps: ({ options }) => ({ skip: Boolean(options.skip) }),
};

registry.category("view_widgets").add("recouvrement_next_call", nextCallWidget);
