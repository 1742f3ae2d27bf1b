from odoo import fields, models

# Context key: the messages that are being written, if they are not the last ones.
ACTIONS = "recouvrement_courtesy_action_ids"


class RecouvrementCourtesy(models.Model):
    """An item announced before its due date: once, whatever is run again.

    The database refuses to announce it a second time.
    """

    _name = "recouvrement.courtesy"
    _description = "Item Announced by Courtesy"
    _log_access = False

    move_line_id = fields.Many2one(
        string="Journal Item",
        comodel_name="account.move.line",
        required=True,
        ondelete="cascade",
    )
    action_id = fields.Many2one(
        comodel_name="recouvrement.action",
        required=True,
        ondelete="cascade",
        index=True,
    )

    _item_uniq = models.UniqueIndex(
        "(move_line_id)", "This item was already announced before its due date."
    )
