from odoo import fields, models


class RecouvrementPickupCancel(models.TransientModel):
    """Asks why errands are cancelled."""

    _name = "recouvrement.pickup.cancel"
    _description = "Cancel an Errand"

    pickup_ids = fields.Many2many(
        string="Errands", comodel_name="recouvrement.pickup", required=True
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Cancel the errands."""
        self.ensure_one()
        self.pickup_ids._cancel(self.reason)
