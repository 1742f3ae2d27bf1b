from odoo import api, fields, models


class RecouvrementCallLine(models.TransientModel):
    """An open item during a call: is it concerned, and for which amount?"""

    _name = "recouvrement.call.line"
    _description = "Invoice of a Call"
    _order = "date_maturity, id"

    call_id = fields.Many2one(
        comodel_name="recouvrement.call", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="call_id.currency_id")
    selected = fields.Boolean(string="Concerned")
    move_line_id = fields.Many2one(
        string="Invoice Due",
        comodel_name="account.move.line",
        readonly=True,
        ondelete="cascade",
    )
    name = fields.Char(string="Invoice", readonly=True)
    date_maturity = fields.Date(string="Due Date", readonly=True)
    days_overdue = fields.Integer(string="Days Late", readonly=True)
    residual_amount = fields.Monetary(string="Open", readonly=True)
    available_amount = fields.Monetary(
        string="Neither Disputed nor Promised", readonly=True
    )
    amount = fields.Monetary(string="Amount Agreed")

    @api.onchange("amount")
    def _onchange_amount(self):
        """Concern an invoice whose amount is typed."""
        if self.amount and self.amount != self.available_amount:
            self.selected = True
