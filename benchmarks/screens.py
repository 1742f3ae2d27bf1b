"""What opening the screens costs: the calls that the web client makes."""

from collections.abc import Callable

from lxml import etree

from odoo import api

from . import databases, ledger
from .measure import Row, Table, measured, seconds

MODEL = "recouvrement.dossier"
QUERIES = 30
PAGE = 80


def measure(size: ledger.Size, table: Table) -> None:
    """Count the queries of each screen of an officer, with every dossier there."""
    with databases.environment(size.database) as env:
        officer = env["res.users"].search([("login", "=", "officer_1")])
        env = env(user=officer.id, context=officer.context_get())
        dossiers = env[MODEL].search([])
        for name, open_screen in _screens(env).items():
            open_screen()
            env.invalidate_all()
            with measured(env.cr) as result:
                open_screen()
            table.add(
                Row(
                    f"opening the {name}",
                    f"{result.queries} queries",
                    value=result.queries,
                    limit=QUERIES,
                    unit="queries",
                    detail=f"{seconds(result.seconds)}, {len(dossiers)} dossiers",
                )
            )


def _screens(env: api.Environment) -> dict[str, Callable[[], object]]:
    dossier = env[MODEL].search([], order="open_invoice_count DESC", limit=1)
    worklist = _view(env, "recouvrement_dossier_view_list_worklist")
    kanban = _view(env, "recouvrement_dossier_view_kanban")
    form = _view(env, "recouvrement_dossier_view_form")
    own = [("user_id", "=", env.uid)]
    return {
        "worklist": lambda: _open_list(env, worklist, own),
        "list of all dossiers": lambda: _open_list(
            env, _view(env, "recouvrement_dossier_view_list"), []
        ),
        "dossier with the most invoices": lambda: (
            env[MODEL].browse(dossier.id).web_read(specification(env[MODEL], form))
        ),
        "kanban by stage": lambda: env[MODEL].web_read_group(
            [],
            [kanban.get("default_group_by")],
            ["__count"],
            auto_unfold=True,
            unfold_read_specification=specification(env[MODEL], kanban),
            unfold_read_default_limit=PAGE,
        ),
        "analysis (pivot)": lambda: _open_pivot(env),
    }


def _view(env: api.Environment, name: str) -> etree._Element:
    """The view as a client of this user gets it."""
    view = env.ref(f"nest_recouvrement.{name}").sudo()
    return etree.fromstring(env[MODEL].get_view(view.id, view.type)["arch"])


def _open_list(env: api.Environment, arch: etree._Element, domain: list) -> object:
    return env[MODEL].web_search_read(
        domain,
        specification(env[MODEL], arch),
        limit=PAGE,
        order=arch.get("default_order"),
        count_limit=10_001,
    )


def _open_pivot(env: api.Environment) -> object:
    arch = _view(env, "recouvrement_dossier_view_pivot")
    nodes = {
        kind: [
            node.get("name") for node in arch.iter("field") if node.get("type") == kind
        ]
        for kind in ("row", "col", "measure")
    }
    groups = [*nodes["row"], *nodes["col"]]
    return env[MODEL].formatted_read_grouping_sets(
        [],
        [groups[:count] for count in range(len(groups) + 1)],
        ["__count", *(f"{name}:sum" for name in nodes["measure"])],
    )


def specification(model: api.Self, arch: etree._Element) -> dict[str, dict]:
    """The fields that the web client reads for a view.

    :param model: the model that the view shows
    :param arch: the view, or one that is embedded in a field
    """
    result: dict[str, dict] = {}
    for node in _own_fields(arch):
        name = node.get("name")
        field = model._fields[name]
        if field.type in ("one2many", "many2many"):
            comodel = model.env[field.comodel_name]
            fields = {}
            for subview in node:
                if subview.tag in ("list", "kanban"):
                    fields |= specification(comodel, subview)
            if "tags" in (node.get("widget") or ""):
                fields["display_name"] = {}
            result[name] = {"fields": fields, "limit": 40}
        elif field.type == "many2one":
            result[name] = {"fields": {"display_name": {}}}
        else:
            result.setdefault(name, {})
    return result


def _own_fields(arch: etree._Element) -> list[etree._Element]:
    """The fields of a view, without those of the views embedded in them."""
    return [
        node
        for node in arch.iter("field")
        if not any(ancestor.tag == "field" for ancestor in _ancestors_below(node, arch))
    ]


def _ancestors_below(node: etree._Element, top: etree._Element) -> list[etree._Element]:
    ancestors = []
    for ancestor in node.iterancestors():
        if ancestor is top:
            break
        ancestors.append(ancestor)
    return ancestors
