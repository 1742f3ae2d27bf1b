from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementDossierHold(models.TransientModel):
    """Asks until when, and why, nothing is pressed for in some dossiers."""

    _name = "recouvrement.dossier.hold"
    _description = "Put on Hold"

    dossier_ids = fields.Many2many(
        string="Dossiers", comodel_name="recouvrement.dossier", required=True
    )
    hold_until = fields.Date(
        string="Until",
        help="Up to and including this day; then the follow-up goes on by itself.",
        required=True,
        default=lambda self: self.env.company._recouvrement_today() + timedelta(days=7),
    )
    hold_reason = fields.Char(string="Reason", required=True)

    @api.constrains("hold_until")
    def _check_hold_until(self):
        for wizard in self:
            if wizard.hold_until < self.env.company._recouvrement_today():
                raise ValidationError(
                    self.env._("A hold ends today or later: choose another day.")
                )

    def action_confirm(self):
        """Put the dossiers on hold, and say so in their chatter."""
        self.ensure_one()
        self.dossier_ids.write(
            {"hold_until": self.hold_until, "hold_reason": self.hold_reason}
        )
