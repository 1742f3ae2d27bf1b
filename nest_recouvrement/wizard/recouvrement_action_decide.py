from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class RecouvrementActionDecide(models.TransientModel):
    """What an officer decides on a step: execute, replace, postpone or skip it.

    Whatever is not done as planned needs a reason: management reads it.
    """

    _name = "recouvrement.action.decide"
    _description = "Decide on a Step"

    action_id = fields.Many2one(
        comodel_name="recouvrement.action", required=True, ondelete="cascade"
    )
    state = fields.Selection(related="action_id.state")
    currency_id = fields.Many2one(related="action_id.currency_id")
    amount = fields.Monetary(string="Claimed", related="action_id.amount")
    planned_channel = fields.Selection(
        string="Planned Channel", related="action_id.channel"
    )
    planned_date = fields.Date(string="Planned For", related="action_id.date_deadline")
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

    @api.constrains("decision", "reason", "date", "channel")
    def _check_decision(self):
        for wizard in self:
            if wizard.decision != "execute" and not (wizard.reason or "").strip():
                raise ValidationError(
                    self.env._("Write why the step is not done as planned.")
                )
            if wizard.decision == "replace" and not wizard.channel:
                raise ValidationError(
                    self.env._("Choose how the step is done instead.")
                )
            today = wizard.action_id.company_id._recouvrement_today()
            if wizard.decision == "postpone" and (
                not wizard.date or wizard.date <= today
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
        action = action.with_context(recouvrement_decision_reason=self.reason)
        if action.state == "failed":
            action.action_retry()
        elif action.state == "proposed":
            action.action_execute()
        else:
            raise UserError(
                self.env._("%s is to be done already.", action.display_name)
            )

    def _decide_replace(self, action):
        """Do the step through another channel."""
        action._replace(self.channel, self.reason)

    def _decide_postpone(self, action):
        """Give the step another deadline, and its activity with it."""
        action._postpone(self.date, self.reason)

    def _decide_skip(self, action):
        """Leave the step out: the cycle goes on after it."""
        action._record_decision("skip", self.reason)
        action._skip(self.reason)
