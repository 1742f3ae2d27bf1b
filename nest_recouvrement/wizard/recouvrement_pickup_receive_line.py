from odoo import fields, models


class RecouvrementPickupReceiveLine(models.TransientModel):
    """One cheque in front of the accountant: there, or not."""

    _name = "recouvrement.pickup.receive.line"
    _description = "Cheque to Confirm"

    wizard_id = fields.Many2one(
        comodel_name="recouvrement.pickup.receive", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        comodel_name="recouvrement.pickup.slip.line",
        required=True,
        ondelete="cascade",
    )
    partner_name = fields.Char(related="line_id.partner_name", related_sudo=False)
    cheque = fields.Char(
        string="Cheque Number", related="line_id.cheque_number", related_sudo=False
    )
    bank = fields.Char(related="line_id.bank", related_sudo=False)
    cheque_date = fields.Date(related="line_id.cheque_date", related_sudo=False)
    currency_id = fields.Many2one(related="line_id.currency_id", related_sudo=False)
    amount = fields.Monetary(related="line_id.amount", related_sudo=False)
    is_received = fields.Boolean(string="Received")
    reason = fields.Char(string="Why Not")
