"""Run in ``odoo shell``: the weekly follow-up of every company, then the figures.

The figures go as JSON into the file named by ``WORKBENCH_SUMMARY``.
"""

# ``env`` is what the shell offers, and the script owns its transactions.
# ruff: noqa: F821
# pylint: disable=undefined-variable,invalid-commit
import json
import os
from pathlib import Path

from odoo.tools import config

ROLES = {
    "nest_recouvrement.group_manager": "collection manager",
    "nest_recouvrement.group_officer": "collection officer (RAC)",
    "nest_recouvrement.group_courier": "courier",
    "account.group_account_invoice": "accountant",
}


def point_to_servers():
    """Mail goes to the catcher, links and document styles to the server."""
    config["smtp_port"] = int(os.environ["WORKBENCH_SMTP_PORT"])
    url = os.environ["WORKBENCH_URL"]
    parameters = env["ir.config_parameter"]
    parameters.set_param("web.base.url", url)
    parameters.set_param("web.base.url.freeze", "True")
    parameters.set_param("report.url", url)
    env.cr.commit()


def execute_runs():
    """The weekly run of each company that has guarantors, and its mails."""
    result = []
    env["recouvrement.dossier"]._refresh()
    env.cr.commit()
    for company in env["recouvrement.dossier"].search([]).company_id:
        run = env["recouvrement.run"].create({"company_id": company.id})
        run.action_execute()
        env.cr.commit()
        duration = run.end_date and run.end_date - run.start_date
        result.append(
            {
                "company": company.name,
                "state": run.state,
                "dossiers": run.dossier_count,
                "actions": run.action_count,
                "failures": run.failure_count,
                "seconds": round(duration.total_seconds()) if duration else "",
            }
        )
    env["mail.mail"].process_email_queue()
    env.cr.commit()
    return result


def categories():
    """Guarantors, balance and overdue by category."""
    groups = env["recouvrement.dossier"]._read_group(
        [],
        ["category_id"],
        ["__count", "balance:sum", "overdue_amount:sum"],
    )
    rows = [
        {
            "name": category.display_name or "-",
            "count": count,
            "balance": balance,
            "overdue": overdue,
        }
        for category, count, balance, overdue in groups
    ]
    total = {"name": "total"}
    for key in ("count", "balance", "overdue"):
        total[key] = sum(row[key] for row in rows)
    return [*rows, total]


def actions():
    """Actions by channel and state, in the words of the screens."""
    model = env["recouvrement.action"]
    words = {
        name: dict(model._fields[name]._description_selection(env))
        for name in ("channel", "state")
    }
    groups = model._read_group([], ["channel", "state"], ["__count"])
    return [
        {
            "channel": words["channel"].get(channel, str(channel)),
            "state": words["state"].get(state, str(state)),
            "count": count,
        }
        for channel, state, count in groups
    ]


def logins():
    """The users of the demo network, with what they do."""
    data = env["ir.model.data"].search(
        [("module", "=", "nest_recouvrement"), ("model", "=", "res.users")], order="id"
    )
    rows = []
    for user in env["res.users"].browse(data.mapped("res_id")).exists():
        role = next(
            (name for group, name in ROLES.items() if user.has_group(group)), ""
        )
        rows.append({"login": user.login, "name": user.name, "role": role})
    return rows


point_to_servers()
summary = {
    "runs": execute_runs(),
    "categories": categories(),
    "actions": actions(),
    "logins": logins(),
    "currency": env.company.currency_id.name,
}
Path(os.environ["WORKBENCH_SUMMARY"]).write_text(json.dumps(summary), encoding="utf-8")
