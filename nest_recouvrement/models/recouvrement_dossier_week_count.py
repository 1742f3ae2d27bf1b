from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# What the tabs of the worklist add up.
AMOUNTS = ("claimable_amount", "overdue_amount", "not_due_amount")


class RecouvrementDossier(models.Model):
    """The numbers of the week: one statement for each model that is counted."""

    _inherit = "recouvrement.dossier"

    @api.model
    def _get_week_zone(self):
        try:
            return ZoneInfo(self.env.company._recouvrement_timezone())
        except (KeyError, ValueError):
            return ZoneInfo("UTC")

    @api.model
    def _get_week_start(self):
        """Return the Monday of this week, 0:00 in the company's timezone, in UTC."""
        today = self.env.company._recouvrement_today()
        monday = today - timedelta(days=today.weekday())
        start = datetime(
            monday.year, monday.month, monday.day, tzinfo=self._get_week_zone()
        )
        return start.astimezone(ZoneInfo("UTC"))

    @api.model
    def _count_tabs(self, tabs):
        """Count the dossiers of each tab, and sum up their amounts.

        :return: ``count``, and the sum of each of the amounts, by name of the tab
        :rtype: dict
        """
        count = SQL("COUNT(*)")
        sums = [
            SQL("SUM(%s)", SQL.identifier(self._table, amount)) for amount in AMOUNTS
        ]
        columns = {
            (name, key): (tab["domain"], aggregate)
            for name, tab in tabs.items()
            for key, aggregate in zip(("count", *AMOUNTS), (count, *sums), strict=True)
        }
        values = self._count_columns(self._name, Domain.TRUE, columns)
        return {
            name: {key: values[name, key] for key in ("count", *AMOUNTS)}
            for name in tabs
        }

    @api.model
    def _count_steps(self, scope, steps):
        """Count what was done of each step, and what is left of it.

        Journal rows are counted by dossier, everything else row by row.

        :param Domain scope: dossiers looked at
        :param dict steps: see :meth:`_get_week_steps`
        :return: numbers by code and side, ``done`` or ``left``
        :rtype: dict
        """
        columns = {}
        for code, step in steps.items():
            for side in ("done", "left"):
                model, domain = step[side]
                columns.setdefault(model, {})[code, side] = (
                    domain,
                    SQL("COUNT(DISTINCT %s)", SQL.identifier("dossier_id"))
                    if model == "recouvrement.action"
                    else SQL("COUNT(*)"),
                )
        numbers = {}
        for model, wanted in columns.items():
            numbers |= self._count_columns(
                model, self._get_step_scope(model, scope), wanted
            )
        return numbers

    @api.model
    def _get_step_scope(self, model, scope):
        """Return the domain of the records of ``model`` about these dossiers."""
        if model == self._name:
            return scope
        of_dossiers = Domain("dossier_id", "any", list(scope))
        if model != "recouvrement.action":
            return of_dossiers
        # The journal is long: nothing but the week is read.
        monday = self._get_week_start().replace(tzinfo=None)
        return of_dossiers & Domain("date_done", ">=", monday)

    @api.model
    def _count_columns(self, model, scope, columns):
        """Compute aggregates, each of the records of a domain, in one statement.

        :param str model: model of the records
        :param Domain scope: records looked at
        :param dict columns: a domain and a SQL aggregate per key
        :return: a number per key
        :rtype: dict
        """
        records = self.env[model]
        query = records._search(scope)
        selected = [
            SQL(
                "COALESCE(%s FILTER (WHERE %s), 0)",
                aggregate,
                Domain(domain)
                .optimize_full(records)
                ._to_sql(records, records._table, query),
            )
            for domain, aggregate in columns.values()
        ]
        (row,) = self.env.execute_query(query.select(*selected))
        return dict(zip(columns, row, strict=True))
