import { registry } from "@web/core/registry";

/**
 * The Monday of the collection officer: the first call begins with a broken promise and
 * ends with a cheque and its errand; nobody answers the second one, by keyboard.
 */
registry.category("web_tour.tours").add("recouvrement_monday", {
    steps: () => [
        {
            content: "begin with the first call of the worklist",
            trigger: "button[name=action_next_call]",
            run: "click",
        },
        {
            content: "the oldest debt comes first, its broken promise before all else",
            trigger:
                ".o_recouvrement_call:contains(IPM Teranga) .o_recouvrement_call_broken .o_data_row",
        },
        {
            content: "the number is there to be dialled",
            trigger: ".o_recouvrement_call [name=contact_ids] a[href^='tel:']",
        },
        {
            content: "a cheque is ready",
            trigger: ".o_recouvrement_outcomes button[data-value=cheque]",
            run: "click",
        },
        {
            trigger: "button[name=action_log]",
            run: "click",
        },
        {
            content: "first ask why the promise was not kept",
            trigger: ".modal:contains(First ask why) .modal-footer button.btn-primary",
            run: "click",
        },
        {
            trigger: ".o_recouvrement_call_broken .o_data_row td[name=answer]",
            run: "click",
        },
        {
            trigger: ".o_recouvrement_call_broken td[name=answer] input",
            run: "edit The signatory was away",
        },
        {
            content: "the courier comes in the morning",
            trigger: "[name=hour_from] input",
            run: "edit 09:00",
        },
        {
            trigger: "[name=hour_to] input",
            run: "edit 12:00",
        },
        {
            content: "the cheque is for the first invoice only",
            trigger: "[name=line_ids] .o_data_row:eq(1) td[name=selected]",
            run: "click",
        },
        {
            trigger: "[name=selected_amount]:contains(600)",
        },
        {
            trigger: "button[name=action_log]",
            run: "click",
        },
        {
            content: "promise and errand are made",
            trigger: ".o_recouvrement_call .alert-success:contains(The courier collects)",
        },
        {
            content: "the next call, by keyboard",
            trigger: ".o_recouvrement_next_call",
            run: "press alt+x",
        },
        {
            content: "nobody answers: one key",
            trigger: ".o_recouvrement_call:contains(Sahel Ciment)",
            run: "press alt+r",
        },
        {
            content: "and another one for the next call",
            trigger: ".o_recouvrement_call:has(.alert-success:contains(attempt 1 of 3))",
            run: "press alt+x",
        },
        {
            content: "no call is left: the worklist is empty",
            trigger: ".o_list_view .o_view_nocontent, .o_list_view:not(:has(.o_data_row))",
        },
    ],
});
