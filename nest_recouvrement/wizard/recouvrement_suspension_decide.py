from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementSuspensionDecide(models.TransientModel):
    """Why management lifts, postpones or gives up a suspension."""

    _name = "recouvrement.suspension.decide"
    _description = "Decide on a Suspension"

    suspension_id = fields.Many2one(
        comodel_name="recouvrement.suspension", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="suspension_id.currency_id")
    remaining_amount = fields.Monetary(related="suspension_id.remaining_amount")
    kind = fields.Selection(
        string="Decision",
        selection=[
            ("lift", "Lift"),
            ("postpone", "Postpone"),
            ("cancel", "Give up"),
        ],
        required=True,
    )
    date = fields.Date(
        string="Until",
        default=lambda self: self.env.company._recouvrement_today() + timedelta(days=7),
    )
    by_email = fields.Boolean(string="Send the Letter by E-mail", default=True)
    reason = fields.Char(required=True)

    @api.constrains("reason")
    def _check_reason(self):
        for wizard in self:
            if not wizard.reason.strip():
                raise ValidationError(self.env._("Write why you decide so."))

    @api.constrains("kind", "date")
    def _check_date(self):
        for wizard in self.filtered(lambda wizard: wizard.kind == "postpone"):
            if not wizard.date:
                raise ValidationError(
                    self.env._("Say until when the suspension is postponed.")
                )

    def action_confirm(self):
        """Carry the decision out; its reason stays in the journal."""
        self.ensure_one()
        suspension = self.suspension_id
        suspension._check_management()
        if self.kind == "lift":
            suspension._lift(self.reason, by_email=self.by_email)
        elif self.kind == "postpone":
            suspension._postpone(self.date, self.reason, by_email=self.by_email)
        else:
            suspension._cancel(self.reason)
