import { registry } from "@web/core/registry";

/**
 * An officer looks at her week: what is overdue, what is not due, why the first dossier
 * comes first, the list behind a number, and the invoices of each guarantor.
 */
registry.category("web_tour.tours").add("recouvrement_week", {
    steps: () => [
        {
            content: "the worklist opens on what is to do now",
            trigger: ".o_recouvrement_tab.active[data-name=todo]:contains(2)",
        },
        {
            content: "the first dossier says why it comes first",
            trigger: ".o_data_row:first:contains(IPM Teranga) .o_recouvrement_chip:contains(Days late +20)",
        },
        {
            content: "look at what is not due",
            trigger: ".o_recouvrement_tab[data-name=not_due]",
            run: "click",
        },
        {
            content: "only the guarantor who owes nothing overdue is left",
            trigger: ".o_recouvrement_tab.active[data-name=not_due]",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row:first:contains(Due Later)",
        },
        {
            content: "look at what is overdue",
            trigger: ".o_recouvrement_tab[data-name=overdue]",
            run: "click",
        },
        {
            trigger: ".o_recouvrement_tab.active[data-name=overdue]",
        },
        {
            content: "two reminders were sent this week: open them",
            trigger: "[data-code=reminders] .o_recouvrement_week_done:contains(2)",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb .active:contains(Reminders: done this week)",
        },
        {
            trigger: ".o_list_view .o_data_row:eq(1)",
        },
        {
            content: "back to the worklist",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            content: "the invoices of her guarantors",
            trigger: ".o_recouvrement_portfolio",
            run: "click",
        },
        {
            content: "one group per guarantor",
            trigger: ".o_list_view .o_group_name:contains(IPM Teranga)",
            run: "click",
        },
        {
            content: "the oldest invoice first, with its days late",
            trigger: ".o_list_view .o_data_row:first .o_recouvrement_days_late:contains(130)",
        },
    ],
});
