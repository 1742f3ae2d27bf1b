import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { pick } from "@web/core/utils/objects";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

// Alt and one of these keys; those of the form (s, j, c...) and of its pager are taken.
const BUTTONS = {
    no_answer: { icon: "fa-bell-slash-o", hotkey: "r" },
    call_back: { icon: "fa-clock-o", hotkey: "l" },
    promise: { icon: "fa-handshake-o", hotkey: "m" },
    transfer: { icon: "fa-bank", hotkey: "t" },
    cheque: { icon: "fa-motorcycle", hotkey: "k" },
    dispute: { icon: "fa-comments-o", hotkey: "d" },
    refusal: { icon: "fa-ban", hotkey: "f" },
    wrong_number: { icon: "fa-question-circle-o", hotkey: "w" },
};
// What needs no further word is logged at once.
const LOGGED_AT_ONCE = ["no_answer"];

/** The outcomes of a call, each a button and a key; the cursor goes on to what it needs. */
export class CallOutcomeField extends Component {
    static template = "nest_recouvrement.CallOutcomeField";
    static props = { ...standardFieldProps };

    setup() {
        this.root = useRef("root");
        this.chosen = false;
        useEffect(
            () => {
                if (this.chosen) {
                    this.chosen = false;
                    this.focusDetails();
                }
            },
            () => [this.value]
        );
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get options() {
        const { selection } = this.props.record.fields[this.props.name];
        return selection.map(([value, label]) => ({ value, label, ...BUTTONS[value] }));
    }

    focusDetails() {
        // On a phone the keyboard would hide what is to be read.
        if (this.env.isSmall) {
            return;
        }
        // The details appear with the same change, after this field.
        requestAnimationFrame(() => {
            const form = this.root.el?.closest(".o_form_view");
            // A date that is filled in is a button until it is edited.
            form?.querySelector(
                ".o_recouvrement_call_details .o_field_widget :is(input:not([type=file]), button.o_input)"
            )?.focus();
        });
    }

    async choose(value) {
        this.chosen = true;
        await this.props.record.update({ [this.props.name]: value });
        if (LOGGED_AT_ONCE.includes(value)) {
            await this.env.onClickViewButton({
                clickParams: { name: "action_log", type: "object" },
                getResParams: () =>
                    pick(
                        this.props.record,
                        "context",
                        "evalContext",
                        "resModel",
                        "resId",
                        "resIds"
                    ),
            });
        }
    }
}

export const callOutcomeField = {
    component: CallOutcomeField,
    displayName: _t("Outcome of a call"),
    supportedTypes: ["selection"],
};

registry.category("fields").add("recouvrement_call_outcome", callOutcomeField);
