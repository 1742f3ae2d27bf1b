import { registry } from "@web/core/registry";

/** Resolves when the action service has shown something new. */
function shown(env, act) {
    return new Promise((resolve) => {
        env.bus.addEventListener("ACTION_MANAGER:UI-UPDATED", resolve, { once: true });
        act();
    });
}

/** Opens a menu, each of its views, then the first record and its tabs. */
async function visit(env, menu) {
    await env.services.menu.selectMenu(menu);
    const { action } = env.services.action.currentController;
    const types = (action.views || []).map(([, type]) => type);
    // The first view again in the end: it lists the records to open.
    for (const type of [...types.slice(1), types[0]]) {
        const button = document.querySelector(`.o_switch_view.o_${type}`);
        if (button) {
            await shown(env, () => button.click());
        }
    }
    const cell = document.querySelector(
        ".o_action:not(.o_view_sample_data):not(:has(.o_view_sample_data)) .o_data_row .o_data_cell"
    );
    if (types[0] !== "list" || !types.includes("form") || !cell) {
        return;
    }
    await shown(env, () => cell.click());
    for (const tab of document.querySelectorAll(".o_notebook .nav-link")) {
        tab.click();
        await new Promise(requestAnimationFrame);
    }
}

/** Goes through all that the menus of the app offer to the user. */
registry.category("web_tour.tours").add("recouvrement_screens", {
    steps: () => {
        const { env } = odoo.__WOWL_DEBUG__.root;
        const { menu: menus } = env.services;
        const app = menus
            .getApps()
            .find(({ xmlid }) => xmlid === "nest_recouvrement.recouvrement_menu_root");
        const leaves = [];
        const collect = (menu) =>
            menu.childrenTree.length ? menu.childrenTree.forEach(collect) : leaves.push(menu);
        collect(menus.getMenuAsTree(app.id));
        return [
            ...leaves.map((menu) => ({
                content: `visit ${menu.xmlid}`,
                trigger: "body:not(:has(.o_error_dialog))",
                timeout: 60000,
                run: () => visit(env, menu),
            })),
            {
                content: "nothing went wrong",
                trigger: "body:not(:has(.o_error_dialog)) .o_action_manager > .o_action",
            },
        ];
    },
});
