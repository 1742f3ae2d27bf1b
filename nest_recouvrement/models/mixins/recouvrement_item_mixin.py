from odoo import api, fields, models


class RecouvrementItemMixin(models.AbstractModel):
    """A line about one journal item: its reference and due date stay when it goes.

    The heir has the field ``move_line_id``.
    """

    _name = "recouvrement.item.mixin"
    _description = "Line about a Journal Item"

    name = fields.Char(string="Reference", compute="_compute_item", store=True)
    date_maturity = fields.Date(string="Due Date", compute="_compute_item", store=True)

    @api.depends(
        lambda self: ["move_line_id"] if "move_line_id" in self._fields else []
    )
    def _compute_item(self):
        """Keep the reference when the item goes."""
        for line in self.filtered("move_line_id"):
            line.name = line.move_line_id.move_id.name
            line.date_maturity = (
                line.move_line_id.date_maturity or line.move_line_id.date
            )
