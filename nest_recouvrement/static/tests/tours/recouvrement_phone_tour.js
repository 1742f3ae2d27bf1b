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
            content: "the call is over",
            trigger: "button[name=action_todo_done]",
            run: "click",
        },
        {
            trigger: ".modal [name=outcome] .o_selection_badge:eq(1)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_done]",
            run: "click",
        },
        {
            content: "the next reminder is planned",
            trigger: "body:not(:has(.modal)) .o_recouvrement_next:not(:has([name=action_todo_done])) .fa-envelope-o",
        },
    ],
});
