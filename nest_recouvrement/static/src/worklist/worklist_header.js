import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";

/**
 * The head of the worklist: what to look at, and the steps of the procedure this week,
 * with what was done and what is left. Each number opens the list behind it.
 */
export class WorklistHeader extends Component {
    static template = "nest_recouvrement.WorklistHeader";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ summary: null, unfolded: false });
        useBus(this.env.searchModel, "update", () => this.render());
        onWillStart(() => this.load());
    }

    async load() {
        this.state.summary = await this.orm.call("recouvrement.dossier", "get_week_summary", []);
    }

    /** How many steps have nothing left. */
    get finishedCount() {
        return this.state.summary.steps.filter((step) => !step.left).length;
    }

    getDoneText(step) {
        return _t("%s done", step.done);
    }

    getLeftText(step) {
        return _t("%s to do", step.left);
    }

    isActive(tab) {
        const active = this.env.searchModel
            .getSearchItems((item) => item.type === "filter" && item.isActive)
            .map((item) => item.name);
        return active.length === tab.filters.length && tab.filters.every((name) => active.includes(name));
    }

    showTab(tab) {
        const { searchModel } = this.env;
        searchModel.query = [];
        const items = searchModel.getSearchItems((item) => tab.filters.includes(item.name));
        for (const item of items) {
            searchModel.toggleSearchItem(item.id);
        }
    }

    showPortfolio() {
        return this.action.doAction("nest_recouvrement.action_portfolio_items");
    }

    open(action) {
        return this.action.doAction(action);
    }
}
