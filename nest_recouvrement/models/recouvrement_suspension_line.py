from odoo import fields, models


class RecouvrementSuspensionLine(models.Model):
    """What a suspension claims on one journal item: evidence, true for good."""

    _name = "recouvrement.suspension.line"
    _description = "Item of a Suspension"
    _order = "date_maturity, id"

    suspension_id = fields.Many2one(
        comodel_name="recouvrement.suspension",
        required=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="suspension_id.currency_id")
    move_line_id = fields.Many2one(
        string="Invoice Due",
        comodel_name="account.move.line",
        ondelete="set null",
        index="btree_not_null",
    )
    name = fields.Char(string="Reference", required=True)
    date = fields.Date(string="Invoice Date")
    date_maturity = fields.Date(string="Due Date")
    original_amount = fields.Monetary(string="Invoiced")
    amount = fields.Monetary(
        string="Claimed", help="Neither disputed nor promised that day."
    )
    residual_amount = fields.Monetary(
        string="Open Now", related="move_line_id.amount_residual"
    )

    def _get_remaining(self, disputed):
        """Return what is still owed of this item.

        :param float disputed: what is under an open dispute now
        :rtype: float
        """
        self.ensure_one()
        item = self.move_line_id
        if item.parent_state != "posted":
            return 0.0
        return max(min(self.amount, item.amount_residual - disputed), 0.0)
