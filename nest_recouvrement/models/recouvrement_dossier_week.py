from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

MAIL_CHANNELS = ("email", "sms", "letter", "registered_letter")


class RecouvrementDossier(models.Model):
    """The week of an officer: what is done of each step of the procedure, what is left.

    Computed from the journal, the dossiers, the visits and the suspensions, in a fixed
    number of statements; every number opens the list behind it (`sources/1`).
    """

    _inherit = "recouvrement.dossier"

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
        figures = self._count_tabs(tabs)
        numbers = self._count_steps(scope, steps)
        return {
            "own": own,
            "tabs": [
                {
                    "name": name,
                    "label": tab["label"],
                    "filters": tab["filters"],
                    "count": figures[name]["count"],
                    "amount": self.env.company.currency_id.format(
                        figures[name][tab["amount"]]
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
                    "done": numbers[code, "done"],
                    "left": numbers[code, "left"],
                    "done_action": self._prepare_list_action(
                        self.env._("%s: done this week", step["label"]),
                        scope,
                        *step["done"],
                    ),
                    "left_action": self._prepare_list_action(
                        self.env._("%s: what is left", step["label"]),
                        scope,
                        *step["left"],
                    ),
                }
                for number, (code, step) in enumerate(steps.items(), start=1)
            ],
        }

    @api.model
    def _prepare_list_action(self, name, scope, model, domain):
        """Return the action that opens the records behind a number."""
        views = ["list", "kanban", "form"]
        if model == "recouvrement.action":
            views.remove("kanban")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, view) for view in views],
            "domain": list(self._get_step_scope(model, scope) & domain),
            "context": {"create": False},
        }

    # === BUSINESS METHODS - STEPS === #

    @api.model
    def _get_week_steps(self):
        """Return the steps of the procedure, in order.

        ``done`` and ``left``: the model that is counted, and the domain of its records.

        :rtype: dict[str, dict]
        """
        monday = self._get_week_start()
        day = monday.astimezone(self._get_week_zone()).date()
        start = monday.replace(tzinfo=None)
        journal = Domain("state", "=", "done") & Domain("date_done", ">=", start)
        return {
            "contacts": {
                "label": self.env._("Contact data"),
                "icon": "fa-address-card-o",
                "done": (self._name, Domain("contact_verified_on", ">=", day)),
                "left": (
                    self._name,
                    Domain("contact_is_outdated", "=", True)
                    & Domain("balance", ">", 0),
                ),
            },
            "balances": {
                "label": self.env._("Balances"),
                "icon": "fa-refresh",
                "done": (self._name, Domain("refreshed_on", ">=", start)),
                "left": (
                    self._name,
                    Domain("refreshed_on", "<", start)
                    | Domain("refreshed_on", "=", False),
                ),
            },
            "courtesy": {
                "label": self.env._("Courtesy"),
                "icon": "fa-smile-o",
                "done": (
                    "recouvrement.action",
                    journal & self._get_courtesy_domain(),
                ),
                "left": (self._name, self._get_courtesy_left_domain()),
            },
            "check": {
                "label": self.env._("Accounting check"),
                "icon": "fa-search",
                "done": (
                    "recouvrement.action",
                    journal & Domain("channel", "=", "check"),
                ),
                "left": (self._name, self._get_check_left_domain()),
            },
            "reminders": {
                "label": self.env._("Reminders"),
                "icon": "fa-envelope-o",
                "done": (
                    "recouvrement.action",
                    journal
                    & Domain("channel", "in", MAIL_CHANNELS)
                    & Domain("step_id", "!=", False)
                    & Domain("step_id.stage", "!=", "preventive"),
                ),
                "left": (self._name, self._get_reminders_left_domain(day)),
            },
            "calls": {
                "label": self.env._("Calls"),
                "icon": "fa-phone",
                "done": (
                    "recouvrement.action",
                    journal & Domain("channel", "=", "phone"),
                ),
                "left": (
                    self._name,
                    Domain("pending_action_id.channel", "=", "phone"),
                ),
            },
            "visits": {
                "label": self.env._("Visits"),
                "icon": "fa-map-marker",
                "done": (
                    "recouvrement.visit",
                    Domain("state", "=", "held") & Domain("held_on", ">=", day),
                ),
                "left": ("recouvrement.visit", self._get_visits_left_domain(day)),
            },
            "suspensions": {
                "label": self.env._("Suspensions"),
                "icon": "fa-ban",
                "done": (
                    "recouvrement.suspension",
                    Domain("date_notified", ">=", day)
                    | (
                        Domain("date_notified", "!=", False)
                        & Domain("date_lifted", ">=", day)
                    ),
                ),
                "left": (
                    "recouvrement.suspension",
                    self._get_suspensions_left_domain(),
                ),
            },
        }

    # === BUSINESS METHODS - WHAT IS LEFT === #

    @api.model
    def _get_courtesy_domain(self):
        """Return the domain of the journal rows that are courtesy messages."""
        return Domain("is_courtesy", "=", True) | (
            Domain("channel", "=", "email") & Domain("step_id.stage", "=", "preventive")
        )

    @api.model
    def _get_courtesy_left_domain(self):
        """Return the domain of the dossiers that courtesy is still due to.

        Something is to be announced; or a message was suggested, or failed, and what it
        announces is not due yet.
        """
        waiting = (
            Domain("is_courtesy", "=", True)
            & Domain("state", "in", ("failed", "proposed", "todo"))
            & Domain("line_ids.date_maturity", ">=", "today")
        )
        return Domain("is_courtesy_due", "=", True) | Domain(
            "action_ids", "any", list(waiting)
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

    @api.model
    def _get_reminders_left_domain(self, day):
        """Return the domain of the dossiers whose next step is a reminder this week.

        :param date day: Monday of the week
        """
        return Domain("next_action_date", "<=", day + timedelta(days=6)) & Domain(
            "next_step_id.channel", "in", MAIL_CHANNELS
        )

    @api.model
    def _get_visits_left_domain(self, day):
        """Return the domain of the visits to decide on, to schedule, or to hold.

        What is planned for a later week is not left of this one.

        :param date day: Monday of the week
        """
        return Domain("state", "in", ("proposed", "approved")) | (
            Domain("state", "=", "scheduled")
            & Domain("day", "<=", day + timedelta(days=6))
        )

    @api.model
    def _get_suspensions_left_domain(self):
        """Return the domain of the suspensions to approve, to notify or to lift.

        Or to notify again: the notice came back, or nothing proves it at its date.
        """
        to_lift = Domain("state", "in", ("notified", "in_force")) & Domain(
            "lift_proposed_on", "!=", False
        )
        unproved = (
            Domain("state", "=", "notified")
            & Domain("is_served", "=", False)
            & (Domain("bounced_on", "!=", False) | Domain("unserved_on", "!=", False))
        )
        return Domain("state", "in", ("draft", "approved")) | to_lift | unproved
