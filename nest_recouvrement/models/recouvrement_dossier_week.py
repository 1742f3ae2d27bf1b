from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# What the tabs of the worklist add up.
AMOUNTS = ("claimable_amount", "overdue_amount", "not_due_amount")
MAIL_CHANNELS = ("email", "sms", "letter", "registered_letter")


class RecouvrementDossier(models.Model):
    """The week of an officer: what is done of each step of the procedure, what is left.

    Computed from the journal and the dossiers, in a fixed number of statements; every
    number opens the list behind it (`sources/1`).
    """

    _inherit = "recouvrement.dossier"

    is_courtesy_due = fields.Boolean(
        help="Nothing is overdue, and something falls due within the days of courtesy"
        " that the company sets.",
        compute="_compute_is_courtesy_due",
        search="_search_is_courtesy_due",
    )

    # === COMPUTE METHODS === #

    def _compute_is_courtesy_due(self):
        due = self.search([("id", "in", self.ids), ("is_courtesy_due", "=", True)])
        for dossier in self:
            dossier.is_courtesy_due = dossier in due

    def _search_is_courtesy_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        soon = Domain.FALSE
        for company in self.env.companies:
            today = company._recouvrement_today()
            last = today + timedelta(days=company.recouvrement_courtesy_days)
            soon |= Domain("company_id", "=", company.id) & Domain(
                "partner_id", "in", self._get_soon_due_query(company, today, last)
            )
        due = Domain("overdue_amount", "=", 0) & Domain("not_due_amount", ">", 0) & soon
        return due if True in value else ~due

    @api.model
    def _get_soon_due_query(self, company, first, last):
        """Return the guarantors of open items that fall due from day to day."""
        return SQL(
            """(
            SELECT partner.commercial_partner_id
              FROM account_move_line line
              JOIN account_account account
                ON account.id = line.account_id
               AND account.account_type = 'asset_receivable'
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.company_id = %s AND line.parent_state = 'posted'
               AND line.amount_residual > 0
               AND line.date_maturity BETWEEN %s AND %s)""",
            company.id,
            first,
            last,
        )

    # === BUSINESS METHODS - SUMMARY === #

    @api.model
    def get_week_summary(self):
        """Return the tabs of the worklist and the steps of the procedure this week.

        Of the user's own dossiers; of all of them for whoever follows none.

        :return: ``own``, ``tabs`` and ``steps``, each with its numbers and domains
        :rtype: dict
        """
        self.check_access("read")
        own = bool(self.search([("user_id", "=", self.env.uid)], limit=1))
        scope = Domain("user_id", "=", self.env.uid) if own else Domain.TRUE
        tabs, steps = self._get_worklist_tabs(own), self._get_week_steps()
        left = self._count_dossiers(
            {("tab", name): tab["domain"] for name, tab in tabs.items()}
            | {("step", code): scope & step["left"] for code, step in steps.items()}
        )
        done = self._count_done(scope, steps)
        return {
            "own": own,
            "tabs": [
                {
                    "name": name,
                    "label": tab["label"],
                    "filters": tab["filters"],
                    "count": left["tab", name]["count"],
                    "amount": self.env.company.currency_id.format(
                        left["tab", name][tab["amount"]]
                    ),
                }
                for name, tab in tabs.items()
            ],
            "steps": [
                {
                    "number": number,
                    "code": code,
                    "label": step["label"],
                    "icon": step["icon"],
                    "done": done[code],
                    "left": left["step", code]["count"],
                    "done_action": self._prepare_done_action(scope, step),
                    "left_action": self._prepare_list_action(
                        self.env._("%s: what is left", step["label"]),
                        self._name,
                        scope & step["left"],
                    ),
                }
                for number, (code, step) in enumerate(steps.items(), start=1)
            ],
        }

    # === BUSINESS METHODS - DEFINITIONS === #

    @api.model
    def _get_worklist_tabs(self, own):
        """Return the tabs of the worklist: filters, their domain, amount to show.

        :param bool own: whether the user's own dossiers are looked at, or all of them
        """
        mine = Domain("user_id", "=", self.env.uid) if own else Domain.TRUE
        return {
            "todo": {
                "label": self.env._("To do now"),
                "filters": ["mine_to_do"] if own else ["due_now"],
                "domain": self._get_todo_domain(own),
                "amount": "claimable_amount",
            },
            "overdue": {
                "label": self.env._("Overdue: to collect"),
                "filters": ["my_dossiers", "overdue"] if own else ["overdue"],
                "domain": mine & Domain("overdue_amount", ">", 0),
                "amount": "overdue_amount",
            },
            "not_due": {
                "label": self.env._("Not due: courtesy"),
                "filters": ["my_dossiers", "not_overdue"] if own else ["not_overdue"],
                "domain": mine
                & Domain("overdue_amount", "=", 0)
                & Domain("not_due_amount", ">", 0),
                "amount": "not_due_amount",
            },
        }

    @api.model
    def _get_todo_domain(self, own):
        """Return the domain of the filter that the worklist opens with."""
        due = Domain("next_action_date", "<=", "today")
        if not own:
            return Domain("pending_action_id", "!=", False) | due
        mine = Domain("user_id", "=", self.env.uid)
        failed = mine & Domain("recouvrement_action_id.state", "=", "failed")
        return (
            Domain("pending_action_id.user_id", "=", self.env.uid)
            | Domain("activity_ids", "any", list(failed))
            | (mine & Domain("pending_action_id", "=", False) & due)
        )

    @api.model
    def _get_week_steps(self):
        """Return the steps of the procedure, in order.

        ``done``: the domain of what was done, of journal rows or, with ``of`` at
        ``dossier``, of dossiers; ``left``: the domain of the dossiers that are left.
        """
        monday = self._get_week_start()
        day = monday.astimezone(self._get_week_zone()).date()
        start = monday.replace(tzinfo=None)
        journal = Domain("state", "=", "done") & Domain("date_done", ">=", start)
        no_step = Domain("step_id", "=", False)
        sunday = day + timedelta(days=6)
        return {
            "contacts": {
                "label": self.env._("Contact data"),
                "icon": "fa-address-card-o",
                "of": "dossier",
                "done": Domain("contact_verified_on", ">=", day),
                "left": Domain("contact_is_outdated", "=", True)
                & Domain("balance", ">", 0),
            },
            "balances": {
                "label": self.env._("Balances"),
                "icon": "fa-refresh",
                "of": "dossier",
                "done": Domain("refreshed_on", ">=", start),
                "left": Domain("refreshed_on", "<", start)
                | Domain("refreshed_on", "=", False),
            },
            "courtesy": {
                "label": self.env._("Courtesy"),
                "icon": "fa-smile-o",
                "done": journal & self._get_courtesy_domain(),
                "left": self._get_courtesy_left_domain(
                    journal & self._get_courtesy_domain()
                ),
            },
            "check": {
                "label": self.env._("Accounting check"),
                "icon": "fa-search",
                "done": journal & Domain("channel", "=", "check"),
                "left": self._get_check_left_domain(),
            },
            "reminders": {
                "label": self.env._("Reminders"),
                "icon": "fa-envelope-o",
                "done": journal
                & Domain("channel", "in", MAIL_CHANNELS)
                & ~no_step
                & Domain("step_id.stage", "!=", "preventive"),
                "left": Domain("next_action_date", "<=", sunday)
                & Domain("next_step_id.channel", "in", MAIL_CHANNELS),
            },
            "calls": {
                "label": self.env._("Calls"),
                "icon": "fa-phone",
                "done": journal & Domain("channel", "=", "phone"),
                "left": self._get_pending_domain("phone"),
            },
            "visits": {
                "label": self.env._("Visits"),
                "icon": "fa-map-marker",
                "done": journal & Domain("channel", "=", "visit"),
                "left": self._get_pending_domain("visit"),
            },
            "suspensions": {
                "label": self.env._("Suspensions"),
                "icon": "fa-ban",
                "done": journal & Domain("channel", "=", "suspension"),
                "left": self._get_pending_domain("suspension"),
            },
        }

    @api.model
    def _get_pending_domain(self, channel):
        """Return the domain of the dossiers where this channel waits for a person."""
        return Domain("pending_action_id.channel", "=", channel)

    @api.model
    def _get_courtesy_domain(self):
        """Return the domain of the journal rows that are courtesy messages."""
        return Domain("channel", "=", "email") & (
            Domain("step_id", "=", False) | Domain("step_id.stage", "=", "preventive")
        )

    @api.model
    def _get_courtesy_left_domain(self, done):
        """Return the domain of the dossiers that courtesy is still due to.

        Something falls due soon, and no message was sent about it this week.

        :param Domain done: journal rows of the courtesy messages of the week
        """
        return (
            Domain("is_courtesy_due", "=", True)
            & Domain("is_held", "=", False)
            & Domain("action_ids", "not any", list(done))
        )

    @api.model
    def _get_check_left_domain(self):
        """Return the domain of the dossiers that the accounting check is left for.

        A claim that no reminder was sent about, and that was not checked; or a check
        that the accountant did not answer yet.
        """
        return (
            Domain("claimable_amount", ">", 0)
            & Domain("cycle_start_date", "!=", False)
            & Domain("step_id", "=", False)
            & Domain("is_held", "=", False)
            & Domain("next_action_date", "<=", "today")
        ) | Domain("check_ids", "any", [("state", "=", "pending")])

    # === BUSINESS METHODS - COUNTING === #

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
    def _count_dossiers(self, domains):
        """Count the dossiers of each domain, in one statement.

        :param dict domains: a domain per key
        :return: ``count``, and the sum of each of the amounts, per key
        :rtype: dict
        """
        query = self._search([])
        columns = []
        for domain in domains.values():
            condition = (
                Domain(domain).optimize_full(self)._to_sql(self, self._table, query)
            )
            columns.append(SQL("COUNT(*) FILTER (WHERE %s)", condition))
            columns += [
                SQL(
                    "COALESCE(SUM(%s) FILTER (WHERE %s), 0)",
                    SQL.identifier(self._table, amount),
                    condition,
                )
                for amount in AMOUNTS
            ]
        (row,) = self.env.execute_query(query.select(*columns))
        names = ("count", *AMOUNTS)
        return {
            key: dict(zip(names, row[len(names) * rank :], strict=False))
            for rank, key in enumerate(domains)
        }

    @api.model
    def _count_done(self, scope, steps):
        """Count the dossiers that each step was done for, in two statements.

        :param Domain scope: dossiers looked at
        :param dict steps: see :meth:`_get_week_steps`
        """
        of_dossiers = {
            code: scope & step["done"]
            for code, step in steps.items()
            if step.get("of") == "dossier"
        }
        counts = {
            code: row["count"]
            for code, row in self._count_dossiers(of_dossiers).items()
        }
        actions = self.env["recouvrement.action"]
        monday = self._get_week_start().replace(tzinfo=None)
        query = actions._search(
            Domain("date_done", ">=", monday) & Domain("dossier_id", "any", list(scope))
        )
        of_actions = {
            code: step["done"]
            for code, step in steps.items()
            if step.get("of") != "dossier"
        }
        columns = [
            SQL(
                "COUNT(DISTINCT %s) FILTER (WHERE %s)",
                SQL.identifier(actions._table, "dossier_id"),
                domain.optimize_full(actions)._to_sql(actions, actions._table, query),
            )
            for domain in of_actions.values()
        ]
        (row,) = self.env.execute_query(query.select(*columns))
        return counts | dict(zip(of_actions, row, strict=True))

    # === BUSINESS METHODS - LISTS === #

    @api.model
    def _prepare_done_action(self, scope, step):
        """Return the action that opens what was done of ``step`` this week."""
        name = self.env._("%s: done this week", step["label"])
        if step.get("of") == "dossier":
            return self._prepare_list_action(name, self._name, scope & step["done"])
        return self._prepare_list_action(
            name,
            "recouvrement.action",
            step["done"] & Domain("dossier_id", "any", list(scope)),
        )

    @api.model
    def _prepare_list_action(self, name, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "kanban"), (False, "form")]
            if model == self._name
            else [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False},
        }
