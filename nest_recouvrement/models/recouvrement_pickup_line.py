from odoo import api, fields, models


class RecouvrementPickupLine(models.Model):
    """The part of a cheque that is meant for one journal item."""

    _name = "recouvrement.pickup.line"
    _description = "Item of an Errand"
    _order = "date_maturity, id"

    pickup_id = fields.Many2one(
        comodel_name="recouvrement.pickup",
        required=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="pickup_id.currency_id")
    move_line_id = fields.Many2one(
        string="Invoice Due",
        comodel_name="account.move.line",
        ondelete="set null",
        index="btree_not_null",
    )
    name = fields.Char(string="Reference", compute="_compute_item", store=True)
    date_maturity = fields.Date(string="Due Date", compute="_compute_item", store=True)
    amount = fields.Monetary(required=True)

    _check_amount = models.Constraint(
        "CHECK (amount > 0)", "Enter a positive amount on each invoice."
    )
    _item_uniq = models.UniqueIndex(
        "(pickup_id, move_line_id)", "An invoice stands once in an errand."
    )

    @api.depends("move_line_id")
    def _compute_item(self):
        """Keep the reference when the item goes."""
        for line in self.filtered("move_line_id"):
            line.name = line.move_line_id.move_id.name
            line.date_maturity = (
                line.move_line_id.date_maturity or line.move_line_id.date
            )
