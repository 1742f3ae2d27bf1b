import { registry } from "@web/core/registry";

/**
 * The manager's visit: approved, scheduled, held with its report; then the suspension
 * is prepared, approved and notified.
 */
registry.category("web_tour.tours").add("recouvrement_visit", {
    steps: () => [
        {
            content: "the plan proposed a visit",
            trigger: ".o_kanban_record:contains(IPM Teranga)",
            run: "click",
        },
        {
            content: "management approves it",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "the day is chosen",
            trigger: ".o_arrow_button_current[data-value=approved], .o_form_view:has(button[name=action_schedule]) .o_field_widget[name=start] .o_input, .o_field_widget[name=start] button",
        },
        {
            trigger: ".o_field_widget[name=start] button, .o_field_widget[name=start] input",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=start] input",
            run() {
                const input = this.anchor;
                input.value = luxon.DateTime.now().plus({ days: 2 }).toFormat("MM/dd/yyyy 10:00:00");
                input.dispatchEvent(new Event("input", { bubbles: true }));
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            trigger: "button[name=action_schedule]",
            run: "click",
        },
        {
            content: "the visit is in the calendar",
            trigger: "button[name=action_open_event]",
        },
        {
            content: "the visit is held: nobody wants to pay",
            trigger: ".o_field_widget[name=outcome] .o_selection_badge:contains(Refusal)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=report] .odoo-editor-editable",
            run: "editor They refuse to pay.",
        },
        {
            trigger: "button[name=action_hold]:contains(Hand in)",
            run: "click",
        },
        {
            content: "a payment is expected",
            trigger: ".o_field_widget[name=aftermath]:contains(Payment expected)",
        },
    ],
});

registry.category("web_tour.tours").add("recouvrement_suspension", {
    steps: () => [
        {
            content: "nothing was paid: the notice was drafted",
            trigger: ".o_kanban_record:contains(IPM Teranga)",
            run: "click",
        },
        {
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            trigger: "button[name=action_notify]",
            run: "click",
        },
        {
            content: "the notice leaves by e-mail",
            trigger: ".modal .o_field_widget[name=recipients]:contains(ipm.teranga)",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "the date of effect is on the suspension",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=date_effective]",
        },
    ],
});

registry.category("web_tour.tours").add("recouvrement_suspended_invoice", {
    steps: () => [
        {
            content: "a new invoice shows that services are suspended",
            trigger: ".o_form_view .alert-danger:contains(are suspended since)",
        },
    ],
});

registry.category("web_tour.tours").add("recouvrement_lift", {
    steps: () => [
        {
            content: "everything is paid",
            trigger: ".alert-success:contains(to be lifted)",
        },
        {
            trigger: "button[name=action_lift]",
            run: "click",
        },
        {
            content: "lifted with one click",
            trigger: ".o_field_widget[name=date_lifted]",
        },
    ],
});
