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
            trigger: ".o_recouvrement_next:has([name=action_call]) [name=next_step_explanation]:contains(Call)",
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
            content: "call",
            trigger: ".o_recouvrement_next button[name=action_call]",
            run: "click",
        },
        {
            content: "the number is there, and what was sent",
            trigger: ".o_recouvrement_call:has([name=sent_ids] .o_kanban_record) [name=contact_ids] a[href^='tel:']",
        },
        {
            content: "they refuse to pay",
            trigger: ".o_recouvrement_outcomes button[data-value=refusal]",
            run: "click",
        },
        {
            content: "why",
            trigger: "[name=reason] input",
            run: "edit They never got the invoices",
        },
        {
            trigger: "button[name=action_log]",
            run: "click",
        },
        {
            content: "management is told",
            trigger: ".o_recouvrement_call .alert-success:contains(manager)",
        },
        {
            content: "back to the dossier",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            content: "nothing is left to do by hand: the next reminder is planned",
            trigger: ".o_recouvrement_next:not(:has([name=action_call])) [name=next_step_explanation] .fa-envelope-o",
        },
        {
            trigger: ".o_notebook .nav-link[name=journal]",
            run: "click",
        },
        {
            content: "the note is in the journal",
            trigger: "[name=action_ids] .o_data_row:contains(They never got the invoices)",
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
