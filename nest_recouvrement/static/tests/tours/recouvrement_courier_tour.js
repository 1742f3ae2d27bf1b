import { inputFiles } from "@web/../tests/utils";
import { registry } from "@web/core/registry";

const CARD = ".o_recouvrement_round .o_kanban_record";

/** A picture, as a phone would send it. */
async function takePhoto() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 8;
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    const file = new File([blob], "photo.png", { type: "image/png" });
    await inputFiles(".modal [name=photo] .o_input_file", [file]);
}

function photoSteps() {
    return [
        {
            content: "take a photo",
            trigger: ".modal [name=photo] .o_recouvrement_photo_button",
            run: takePhoto,
        },
        {
            content: "the photo is there",
            trigger: ".modal [name=photo] img",
        },
    ];
}

/** Nothing is wider than the phone, and everything can be hit with a thumb. */
function checkScreen() {
    const { scrollWidth } = document.querySelector(".o_content");
    if (scrollWidth > window.innerWidth) {
        throw new Error(`The screen is ${scrollWidth} px wide`);
    }
    for (const button of document.querySelectorAll(`${CARD} .btn`)) {
        const { height, width } = button.getBoundingClientRect();
        if (Math.min(height, width) < 44) {
            throw new Error(`"${button.textContent}" is ${width} x ${height} px`);
        }
    }
}

/** The courier's day: a cheque, one that is not ready, a letter, the accountant. */
registry.category("web_tour.tours").add("recouvrement_courier", {
    steps: () => [
        {
            content: "the stops of today, in the order of the way: the late one first",
            trigger: `.o_kanban_group:first:contains(Yoff) .o_kanban_record:contains(Mutuelle du Large) .o_recouvrement_late`,
            run: checkScreen,
        },
        {
            content: "order the round again",
            trigger: ".o_recouvrement_round_bar [name=action_order_round]",
            run: "click",
        },
        {
            content: "where it is",
            trigger: `${CARD}:contains(IPM Teranga) a[href*='mlat=14.67']`,
        },
        {
            content: "whom to call",
            trigger: `${CARD}:contains(IPM Teranga) a[href='tel:+221338000000']`,
        },
        {
            content: "the cheque is ready",
            trigger: `${CARD}:contains(IPM Teranga) [name=action_collect]`,
            run: "click",
        },
        ...photoSteps(),
        {
            trigger: ".modal [name=cheque_number] input",
            run: "edit 0045871",
        },
        {
            trigger: ".modal [name=bank] input",
            run: "edit CBAO",
        },
        {
            content: "it is for less than expected",
            trigger: ".modal [name=cheque_amount] input",
            run: "edit 500000 && press Tab",
        },
        {
            trigger: ".modal [name=difference_reason] input",
            run: "edit Rejected care deducted",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "one stop less, one cheque in the bag",
            trigger: ".o_recouvrement_round_bar [name=action_hand_over_mine]:contains(1)",
        },
        {
            content: "another one is not ready",
            trigger: `${CARD}:contains(Sahel Ciment) [name=action_report_problem]`,
            run: "click",
        },
        {
            trigger: ".modal [name=reason_id] .form-check:first input",
            run: "click",
        },
        {
            trigger: ".modal [name=note] textarea",
            run: "edit Back to the office",
        },
        {
            trigger: ".modal [name=decision] .form-check:last input",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "a letter to deliver",
            trigger: `body:not(:has(.modal)) ${CARD}:contains(Mutuelle du Large) [name=action_deliver]`,
            run: "click",
        },
        {
            trigger: ".modal [name=received_by] input",
            run: "edit Awa Diop",
        },
        ...photoSteps(),
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "nothing is left: hand over to the accountant",
            trigger: ".o_recouvrement_round_left:contains(0)",
        },
        {
            trigger: ".o_recouvrement_round_bar [name=action_hand_over_mine]",
            run: "click",
        },
        {
            content: "the cheque is chosen already",
            trigger: ".modal [name=pickup_ids] input:checked",
        },
        {
            content: "its amount is counted",
            trigger: ".modal:has([name=cheque_count]:contains(1)) [name=amount]:contains(500,000)",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "the slip",
            trigger: "body:not(:has(.modal)) .o_form_view:contains(BRC/)",
        },
    ],
});
