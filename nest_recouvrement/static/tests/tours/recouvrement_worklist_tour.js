import { registry } from "@web/core/registry";

/**
 * A morning of the collection officer: her worklist, the first dossier, its open
 * invoices, the call, and back to what is left.
 */
registry.category("web_tour.tours").add("recouvrement_worklist", {
    steps: () => [
        {
            content: "the worklist shows what is hers to do, the oldest debt first",
            trigger:
                ".o_list_view .o_data_row:first:contains(IPM Teranga):has(.o_recouvrement_days_late.o_recouvrement_bucket_121_plus)",
        },
        {
            content: "both guarantors are to be called",
            trigger: ".o_list_view:not(:has(.o_data_row:eq(2))) .o_data_row:eq(1):contains(Sahel Ciment)",
        },
        {
            content: "open the first dossier",
            trigger: ".o_data_row:first .o_data_cell[name=todo_label]",
            run: "click",
        },
        {
            content: "the dossier says what comes next, and by when",
            trigger: ".o_recouvrement_next:has([name=action_todo_done]) [name=next_step_explanation]:contains(Call)",
        },
        {
            content: "the debt is shown by age",
            trigger: ".o_recouvrement_aging .o_recouvrement_bucket_121_plus",
        },
        {
            content: "look at the open invoices",
            trigger: ".o_notebook .nav-link[name=open_items]",
            run: "click",
        },
        {
            content: "the oldest invoice comes first, with its days late",
            trigger: "[name=open_item_ids] .o_data_row:first .o_recouvrement_days_late:contains(130)",
        },
        {
            content: "what was sent is in the journal",
            trigger: ".o_notebook .nav-link[name=journal]",
            run: "click",
        },
        {
            content: "the reminder is done, the call is to do",
            trigger: "[name=action_ids]:has(.fa-envelope-o) .o_data_row:first .fa-phone",
        },
        {
            content: "the call is over",
            trigger: "button[name=action_todo_done]",
            run: "click",
        },
        {
            content: "they promise to pay",
            trigger: ".modal [name=outcome] .o_selection_badge:eq(3)",
            run: "click",
        },
        {
            content: "what was said",
            trigger: ".modal [name=note] textarea",
            run: "edit Transfer promised for Friday",
        },
        {
            trigger: ".modal button[name=action_done]",
            run: "click",
        },
        {
            content: "nothing is left to do by hand: the next reminder is planned",
            trigger: ".o_recouvrement_next:not(:has([name=action_todo_done])) [name=next_step_explanation] .fa-envelope-o",
        },
        {
            content: "the note is in the journal",
            trigger: "body:not(:has(.modal)) [name=action_ids] .o_data_row:contains(Transfer promised for Friday)",
        },
        {
            content: "back to the worklist",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            content: "one call is left",
            trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row:first:contains(Sahel Ciment)",
        },
    ],
});
