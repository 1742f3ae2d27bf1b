from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementCommitmentCancel(models.TransientModel):
    """Asks why a promise is cancelled, or which one takes its place."""

    _name = "recouvrement.commitment.cancel"
    _description = "Cancel or Replace a Promise"

    commitment_id = fields.Many2one(
        string="Promise",
        comodel_name="recouvrement.commitment",
        required=True,
        ondelete="cascade",
    )
    mode = fields.Selection(
        selection=[("cancel", "Cancel"), ("replace", "Replace")],
        default="cancel",
        required=True,
    )
    reason = fields.Char(required=True)
    date = fields.Date(string="New Date")
    means = fields.Selection(
        string="By",
        selection=lambda self: self.env["recouvrement.commitment"]
        ._fields["means"]
        ._description_selection(self.env),
    )

    @api.constrains("reason")
    def _check_reason(self):
        for wizard in self:
            if not wizard.reason.strip():
                raise ValidationError(self.env._("Write why the promise is cancelled."))

    def action_confirm(self):
        """Cancel the promise, or replace it and show the new one."""
        self.ensure_one()
        commitment = self.commitment_id
        commitment.check_access("write")
        if self.mode == "cancel":
            commitment._check_open()
            commitment._write_plainly({"cancel_reason": self.reason})
            commitment._cancel()
            return False
        if not self.date:
            raise ValidationError(
                self.env._("Enter the day for which the promise is made again.")
            )
        replacement = commitment._replace(
            self.date, self.means or commitment.means, self.reason
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": replacement._name,
            "res_id": replacement.id,
            "view_mode": "form",
        }
