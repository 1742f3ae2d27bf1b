import { registry } from "@web/core/registry";

/**
 * The accountant's afternoon: a cheque that the courier handed over, its payment,
 * prefilled, the invoices settled; then a transfer that was announced.
 */
registry.category("web_tour.tours").add("recouvrement_payment", {
    steps: () => [
        {
            content: "the cheque waits for its payment",
            trigger: ".o_list_view .o_data_row:contains(IPM Teranga) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "the errand says what the cheque is for",
            trigger: ".o_form_view .o_field_widget[name=line_ids] .o_data_row:contains(INV)",
        },
        {
            content: "register it",
            trigger: "button[name=action_register_payment]",
            run: "click",
        },
        {
            content: "the amount is there",
            trigger: ".o_form_view .o_field_widget[name=amount] input",
        },
        {
            content: "the invoices too, for the whole payment",
            trigger: ".o_field_widget[name=recouvrement_line_ids]:has(.o_data_row:eq(1)) .o_data_row:contains(INV)",
        },
        {
            content: "the whole payment is named",
            trigger: ".o_form_view .text-success:contains(The whole payment names its invoices)",
        },
        {
            content: "confirm",
            trigger: "button[name=action_post]",
            run: "click",
        },
        {
            content: "both invoices are settled",
            trigger: ".o_field_widget[name=recouvrement_line_ids] .o_data_row.text-success:eq(1)",
        },
        {
            content: "nothing is left to settle",
            trigger: ".o_form_view:not(:has(button[name=action_settle_named])) button[name=action_reject_cheque]",
        },
        {
            content: "back to the errand",
            trigger: ".breadcrumb-item:contains(C/2026/0001), .o_back_button",
            run: "click",
        },
        {
            content: "the errand is paid",
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Paid)",
        },
        {
            content: "now the transfers that were announced",
            trigger: ".o_menu_sections button[data-menu-xmlid='nest_recouvrement.recouvrement_menu_payments']",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='nest_recouvrement.recouvrement_commitment_menu_transfer']",
            run: "click",
        },
        {
            content: "one click registers it",
            trigger: ".o_data_row:contains(Sahel Ciment) button[name=action_register_payment]",
            run: "click",
        },
        {
            content: "it is less than announced",
            trigger: ".o_form_view .o_field_widget[name=amount] input",
            run: "edit 300000 && press Tab",
        },
        {
            content: "which is asked to be confirmed",
            trigger: ".modal:contains(Less than announced) .modal-footer button",
            run: "click",
        },
        {
            content: "the invoice gets what is paid",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=recouvrement_line_ids] .o_data_row td[name=amount]:contains(300)",
        },
        {
            trigger: "button[name=action_post]",
            run: "click",
        },
        {
            trigger: ".o_form_view:has(button[name=action_reject_cheque]) .o_data_row.text-success",
        },
    ],
});
