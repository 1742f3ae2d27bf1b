import { registry } from "@web/core/registry";

/** The officer on her way: who to call, the number to tap, what is owed, and done. */
registry.category("web_tour.tours").add("recouvrement_phone", {
    steps: () => [
        {
            content: "the worklist is a pile of cards, in the order of the calls",
            trigger: ".o_kanban_renderer:not(.o_kanban_grouped) .o_kanban_record:first:contains(IPM Teranga)",
        },
        {
            content: "the number is there to be tapped",
            trigger: ".o_kanban_record:first a[href^='tel:']",
        },
        {
            content: "open the card",
            trigger: ".o_kanban_record:first [name=todo_label]",
            run: "click",
        },
        {
            content: "each open invoice is a card, with what is left to pay",
            trigger: "[name=open_item_ids] .o_kanban_record:first:contains(INV)",
        },
        {
            content: "call",
            trigger: ".o_recouvrement_next button[name=action_call]",
            run: "click",
        },
        {
            content: "the number is there to be tapped",
            trigger: ".o_recouvrement_call [name=contact_ids] a[href^='tel:']",
        },
        {
            content: "nobody answers",
            trigger: ".o_recouvrement_outcomes button[data-value=no_answer]",
            run: "click",
        },
        {
            content: "the call is logged at once, and is made again",
            trigger: ".o_recouvrement_call .alert-success:contains(attempt 1 of 3)",
        },
    ],
});
