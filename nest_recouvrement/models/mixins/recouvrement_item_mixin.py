from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementItemMixin(models.AbstractModel):
    """A line about one journal item: its reference and due date stay when it goes.

    The heir has the fields ``move_line_id`` and ``amount``.
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

    @api.constrains("amount", "move_line_id")
    def _check_item_named(self):
        """Refuse an amount that is on no invoice; one whose item went keeps its name.

        :raise ValidationError: no invoice was chosen
        """
        if any(not line.move_line_id and not line.name for line in self):
            raise ValidationError(
                self.env._("Choose the invoice that each amount is for.")
            )
