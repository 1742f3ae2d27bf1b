import { registry } from "@web/core/registry";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { WorklistHeader } from "./worklist_header";

/** The list of an officer's work, below its head. */
export class WorklistListRenderer extends ListRenderer {
    static template = "nest_recouvrement.WorklistListRenderer";
    static components = { ...ListRenderer.components, WorklistHeader };
}

/** The same as cards: what a phone shows. */
export class WorklistKanbanRenderer extends KanbanRenderer {
    static template = "nest_recouvrement.WorklistKanbanRenderer";
    static components = { ...KanbanRenderer.components, WorklistHeader };
}

registry.category("views").add("recouvrement_worklist_list", {
    ...listView,
    Renderer: WorklistListRenderer,
});
registry.category("views").add("recouvrement_worklist_kanban", {
    ...kanbanView,
    Renderer: WorklistKanbanRenderer,
});
