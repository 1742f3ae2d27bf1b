from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class RecouvrementDossier(models.Model):
    """What screens show of what comes next, and the buttons that do it.

    Nothing here is stored, and nothing is decided here.
    """

    _inherit = "recouvrement.dossier"

    contact_ids = fields.One2many(string="Contacts", related="partner_id.child_ids")
    todo_action_id = fields.Many2one(
        string="Action to Do",
        help="The action that waits for a person, or that failed.",
        comodel_name="recouvrement.action",
        compute="_compute_todo",
    )
    todo_state = fields.Selection(
        string="Situation",
        selection=[
            ("todo", "To do"),
            ("proposed", "To decide"),
            ("failed", "Failed"),
            ("held", "On hold"),
            ("planned", "Planned"),
            ("none", "Nothing to do"),
        ],
        compute="_compute_todo",
    )
    todo_label = fields.Char(string="What Comes Next", compute="_compute_todo")
    todo_channel = fields.Selection(
        string="Next Channel",
        selection=lambda self: self.env["recouvrement.plan.step"]
        ._fields["channel"]
        ._description_selection(self.env),
        compute="_compute_todo",
    )
    todo_date = fields.Date(
        string="When",
        help="Deadline of what a person does; day from which the weekly follow-up"
        " does the rest; end of the hold.",
        compute="_compute_todo",
    )
    todo_instructions = fields.Html(string="Instructions", compute="_compute_todo")
    todo_failure_reason = fields.Char(string="Failure", compute="_compute_todo")

    @api.depends(
        "action_ids.date_deadline",
        "action_ids.state",
        "claimable_amount",
        "hold_reason",
        "hold_until",
        "next_action_date",
        "next_step_id",
        "pending_action_id",
    )
    def _compute_todo(self):
        no_action = self.env["recouvrement.action"]
        waiting = self._get_waiting_actions()
        failed = self._get_failed_actions(waiting)
        agreed = self._get_agreed_calls(waiting)
        for dossier in self:
            action = (
                dossier.pending_action_id
                or failed.get(dossier)
                or agreed.get(dossier, no_action)
            )
            if dossier.is_held or dossier.claimable_amount <= 0:
                action = no_action
            dossier.todo_action_id = action
            dossier.todo_instructions = action.step_id.instructions
            dossier.todo_failure_reason = action.failure_reason
            dossier.update(dossier._prepare_todo_values(action))

    def _prepare_todo_values(self, action):
        """Return what comes next, in short.

        :param recouvrement.action action: what waits for a person, or failed
        """
        self.ensure_one()
        step = action.step_id or self.next_step_id
        if action:
            label = step.name or action._get_channel_label()
            if action.state == "proposed":
                label = self.env._("Decide: %s", label)
            elif action.state == "failed":
                label = self.env._("Failed: %s", label)
            state, channel = action.state, action.channel
            date = action.date_deadline
        elif self.is_held:
            state, label, channel, date = (
                "held",
                self.hold_reason,
                False,
                self.hold_until,
            )
        elif self.next_action_date:
            state, label, channel = "planned", step.name, step.channel
            date = self.next_action_date
        else:
            state, label, channel, date = "none", False, False, False
        return {
            "todo_state": state,
            "todo_label": label,
            "todo_channel": channel,
            "todo_date": date,
        }

    def _get_waiting_actions(self):
        """Return what failed, and the calls agreed for a day outside of any step.

        In one query: every screen shows what there is to do.

        :rtype: recouvrement.action
        """
        return self.env["recouvrement.action"].search_fetch(
            Domain("dossier_id", "in", self.ids)
            & (
                Domain("state", "=", "failed")
                | Domain(
                    [
                        ("channel", "=", "phone"),
                        ("state", "=", "todo"),
                        ("step_id", "=", False),
                    ]
                )
            ),
            ["cycle", "date_deadline", "dossier_id", "state", "step_id"],
            order="date_deadline DESC, id DESC",
        )

    def _get_failed_actions(self, waiting):
        """Return the failed action of the next step, for the dossiers that have one.

        :param recouvrement.action waiting: see :meth:`_get_waiting_actions`
        :rtype: dict[recouvrement.dossier, recouvrement.action]
        """
        return {
            action.dossier_id: action
            for action in waiting
            if action.state == "failed"
            and action.cycle == action.dossier_id.cycle
            and action.step_id == action.dossier_id.next_step_id
        }

    # === ACTION METHODS === #

    def action_todo_done(self):
        """Ask how it went, and mark what waits for a person as done."""
        action = self._get_todo_action()
        view = self.env.ref("nest_recouvrement.recouvrement_action_view_form_done")
        return {
            "type": "ir.actions.act_window",
            "name": action.display_name,
            "res_model": "recouvrement.action",
            "res_id": action.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_todo_execute(self):
        """Perform the proposed step as the plan says."""
        return self._get_todo_action().action_execute()

    def action_todo_retry(self):
        """Try the failed step again."""
        return self._get_todo_action().action_retry()

    def action_todo_decide(self):
        """Ask what to do instead."""
        return self._get_todo_action().action_decide()

    def _get_todo_action(self):
        """Return the action behind the buttons; refuse if it is gone meanwhile."""
        self.ensure_one()
        if not self.todo_action_id:
            raise UserError(
                self.env._(
                    "Nothing is to be done for %s any more: reload the page.",
                    self.display_name,
                )
            )
        return self.todo_action_id

    def action_new_commitment(self):
        """Note a promise, about all that is claimed unless the officer removes some."""
        self.check_access("write")
        lines = [
            fields.Command.create({"move_line_id": item["line_id"], "amount": amount})
            for item in self._fetch_statement_items("overdue")
            if (amount := item["residual"] - item["disputed"] - item["promised"]) > 0
        ]
        return {
            **self._open_new("recouvrement.commitment", default_line_ids=lines),
            "name": self.env._("Promise of %s", self.display_name),
        }

    def action_new_dispute(self):
        """Note that the guarantor contests invoices."""
        self.check_access("write")
        return {
            **self._open_new("recouvrement.dispute"),
            "name": self.env._("Dispute of %s", self.display_name),
        }

    def _open_new(self, model, **defaults):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_dossier_id": self.id, **defaults},
        }
