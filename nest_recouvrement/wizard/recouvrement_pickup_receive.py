from odoo import api, fields, models


class RecouvrementPickupReceive(models.TransientModel):
    """What the accountant counts when a courier hands cheques over."""

    _name = "recouvrement.pickup.receive"
    _description = "Confirm the Receipt of Cheques"

    slip_id = fields.Many2one(
        comodel_name="recouvrement.pickup.slip", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="slip_id.currency_id", related_sudo=False)
    courier_id = fields.Many2one(
        string="Courier", related="slip_id.user_id", related_sudo=False
    )
    slip_amount = fields.Monetary(
        string="On the Slip", related="slip_id.amount", related_sudo=False
    )
    line_ids = fields.One2many(
        string="Cheques",
        comodel_name="recouvrement.pickup.receive.line",
        inverse_name="wizard_id",
    )
    marked_amount = fields.Monetary(
        string="Marked as Received", compute="_compute_marked_amount"
    )
    counted_amount = fields.Monetary(
        string="Counted",
        help="The total of the cheques that you have in your hands.",
        required=True,
    )

    @api.model
    def default_get(self, fields_list):
        """List the cheques of the slip, all there unless the accountant says not."""
        values = super().default_get(fields_list)
        slip = self.env["recouvrement.pickup.slip"].browse(values.get("slip_id"))
        if slip:
            slip._check_may_receive()
            values["line_ids"] = [
                fields.Command.create({"line_id": line.id, "is_received": True})
                for line in slip.line_ids
            ]
        return values

    @api.depends("line_ids.is_received")
    def _compute_marked_amount(self):
        for wizard in self:
            wizard.marked_amount = sum(
                wizard.line_ids.filtered("is_received").mapped("amount")
            )

    def action_confirm(self):
        """Confirm the receipt, except of what is missing."""
        self.ensure_one()
        self.slip_id._confirm(
            {
                line.line_id.id: line.reason
                for line in self.line_ids
                if not line.is_received
            },
            self.counted_amount,
        )
        return {"type": "ir.actions.act_window_close"}
