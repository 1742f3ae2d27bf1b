from odoo import fields, models


class RecouvrementPickupFail(models.TransientModel):
    """Why nothing could be collected or delivered, and what comes next."""

    _name = "recouvrement.pickup.fail"
    _inherit = ["recouvrement.pickup.form"]
    _description = "Errand Not Possible"

    reason_id = fields.Many2one(
        string="Reason",
        comodel_name="recouvrement.pickup.failure.reason",
        domain="[('kind', 'in', (kind, 'both'))]",
        required=True,
        ondelete="cascade",
    )
    decision = fields.Selection(
        string="What Next",
        selection=[
            ("postpone", "I come back another day"),
            ("fail", "Back to the office"),
        ],
        default="postpone",
        required=True,
    )
    date = fields.Date(string="I Come Back On")
    note = fields.Text(string="What Was Said")
    photo = fields.Image(max_width=1920, max_height=1920)

    def action_confirm(self):
        """Put the errand off, or give it back to the office."""
        self.ensure_one()
        if self.decision == "postpone":
            self.pickup_id._postpone(self.date, self.reason_id, note=self.note)
        else:
            self.pickup_id._fail(self.reason_id, note=self.note, photo=self.photo)
        return {"type": "ir.actions.act_window_close"}
