from odoo import fields, models


class RecouvrementPickupDeliver(models.TransientModel):
    """Who received a letter, when, and the proof."""

    _name = "recouvrement.pickup.deliver"
    _inherit = ["recouvrement.pickup.form"]
    _description = "Deliver a Letter"

    received_by = fields.Char(required=True)
    date = fields.Datetime(
        string="When", default=lambda self: fields.Datetime.now(), required=True
    )
    photo = fields.Image(max_width=1920, max_height=1920)
    signature = fields.Image(max_width=1024, max_height=1024)
    note = fields.Text()

    def action_confirm(self):
        """Note the delivery."""
        self.ensure_one()
        self.pickup_id._deliver(
            self.received_by,
            date=self.date,
            photo=self.photo,
            signature=self.signature,
            note=self.note,
        )
        return {"type": "ir.actions.act_window_close"}
