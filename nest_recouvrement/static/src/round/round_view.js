import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

/** What is left of the round, what the courier carries, and the two buttons for it. */
export class RoundBar extends Component {
    static template = "nest_recouvrement.RoundBar";
    static props = { list: Object, count: Number };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.round = useState({ left: 0, late: 0, carried: 0, carried_amount: "" });
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        const summary = await this.orm.call("recouvrement.pickup", "get_round_summary", []);
        Object.assign(this.round, summary);
    }

    async reload() {
        await this.props.list.load();
        await this.load();
    }

    /** Runs a method of the round and what it asks for, then shows what is left. */
    async run(method) {
        const next = await this.orm.call("recouvrement.pickup", method, []);
        if (next) {
            await this.action.doAction(next, { onClose: () => this.reload() });
        } else {
            await this.reload();
        }
    }
}

export class RoundRenderer extends KanbanRenderer {
    static template = "nest_recouvrement.RoundRenderer";
    static components = { ...KanbanRenderer.components, RoundBar };

    /** How many stops are shown: the figures follow when it changes. */
    get stopCount() {
        const { list } = this.props;
        return list.isGrouped
            ? list.groups.reduce((total, group) => total + group.count, 0)
            : list.count;
    }
}

registry.category("views").add("recouvrement_round", {
    ...kanbanView,
    Renderer: RoundRenderer,
});
