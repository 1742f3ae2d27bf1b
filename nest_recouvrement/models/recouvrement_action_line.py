from odoo import fields, models


class RecouvrementActionLine(models.Model):
    """What was claimed on one journal item, as it stood that day.

    The invoice may be paid, or even edited, later: the amounts and the reference
    written here stay true.
    """

    _name = "recouvrement.action.line"
    _description = "Claimed Item"
    _order = "date_maturity, id"
    _log_access = False

    action_id = fields.Many2one(
        comodel_name="recouvrement.action",
        required=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="action_id.currency_id")
    move_line_id = fields.Many2one(
        string="Journal Item",
        comodel_name="account.move.line",
        ondelete="set null",
        index="btree_not_null",
    )
    move_id = fields.Many2one(related="move_line_id.move_id")
    name = fields.Char(string="Reference", help="Number of the invoice that day.")
    date_maturity = fields.Date(string="Due Date")
    residual_amount = fields.Monetary(
        string="Open That Day", help="What was unpaid on the item that day."
    )
    amount = fields.Monetary(
        string="Claimed",
        help="What was claimed: the open amount without what was disputed, promised,"
        " or covered by credits not matched yet (oldest items first).",
    )
