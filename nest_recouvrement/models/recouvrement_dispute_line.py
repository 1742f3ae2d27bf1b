from odoo import api, fields, models


class RecouvrementDisputeLine(models.Model):
    """The contested part of one journal item."""

    _name = "recouvrement.dispute.line"
    _description = "Disputed Item"
    _inherit = ["recouvrement.item.mixin"]
    _order = "date_maturity, id"

    dispute_id = fields.Many2one(
        comodel_name="recouvrement.dispute",
        required=True,
        ondelete="cascade",
        index=True,
    )
    dossier_id = fields.Many2one(related="dispute_id.dossier_id")
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    move_line_id = fields.Many2one(
        string="Invoice Due",
        comodel_name="account.move.line",
        ondelete="set null",
        index="btree_not_null",
    )
    residual_amount = fields.Monetary(
        string="Still Owed", related="move_line_id.amount_residual"
    )
    amount = fields.Monetary(
        string="Contested",
        help="The whole open amount by default; less for a partial dispute.",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
    )

    _check_amount = models.Constraint(
        "CHECK (amount > 0)", "Contest a positive amount on each invoice."
    )
    _item_uniq = models.UniqueIndex(
        "(dispute_id, move_line_id)", "An invoice stands once in a dispute."
    )

    @api.depends("move_line_id")
    def _compute_amount(self):
        for line in self:
            line.amount = line.amount or line.move_line_id.amount_residual
