from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class RecouvrementActionDecide(models.TransientModel):
    """What an officer decides on a step: execute, replace, postpone or skip it."""

    _name = "recouvrement.action.decide"
    _description = "Decide on a Step"

    action_id = fields.Many2one(
        comodel_name="recouvrement.action", required=True, ondelete="cascade"
    )
    decision = fields.Selection(
        selection=[
            ("execute", "Execute as planned"),
            ("replace", "Do it otherwise"),
            ("postpone", "Postpone"),
            ("skip", "Skip"),
        ],
        default="postpone",
        required=True,
    )
    channel = fields.Selection(
        string="By",
        selection=lambda self: self.env["recouvrement.plan.step"]
        ._fields["channel"]
        ._description_selection(self.env),
        default="phone",
    )
    date = fields.Date(
        string="To",
        default=lambda self: self.env.company._recouvrement_today() + timedelta(days=7),
    )
    reason = fields.Char()

    @api.constrains("decision", "reason", "date")
    def _check_decision(self):
        for wizard in self:
            if wizard.decision != "execute" and not (wizard.reason or "").strip():
                raise ValidationError(
                    self.env._("Write why the step is not done as planned.")
                )
            if (
                wizard.decision == "postpone"
                and wizard.date <= self.env.company._recouvrement_today()
            ):
                raise ValidationError(
                    self.env._("A step is postponed to a day after today.")
                )

    def action_confirm(self):
        """Carry the decision out; its reason stays in the journal."""
        self.ensure_one()
        action = self.action_id
        action._check_working_rights()
        if action.state in ("done", "skipped"):
            raise UserError(self.env._("%s is already decided.", action.display_name))
        getattr(self, f"_decide_{self.decision}")(action)

    def _decide_execute(self, action):
        if action.state == "failed":
            action.action_retry()
        elif action.state == "proposed":
            action.action_execute()
        else:
            raise UserError(
                self.env._("%s is to be done already.", action.display_name)
            )

    def _decide_replace(self, action):
        """Do the step through another channel: a task for the officer."""
        # Evidence of a step that is not done yet: the officer may choose its channel.
        action_sudo = action.sudo()
        action_sudo._drop_activities()
        action_sudo.write({"channel": self.channel, "note": self.reason})
        action_sudo._perform_task()
        action_sudo.dossier_id._refresh()

    def _decide_postpone(self, action):
        """Give the step another deadline, and its activity with it."""
        action_sudo = action.sudo()
        action_sudo.write({"date_deadline": self.date, "note": self.reason})
        if action.state == "failed":
            action_sudo.attempted_on = self.date - timedelta(days=1)
        action_sudo.activity_ids.write({"date_deadline": self.date})
        action_sudo.dossier_id._refresh()

    def _decide_skip(self, action):
        action._skip(self.reason)
