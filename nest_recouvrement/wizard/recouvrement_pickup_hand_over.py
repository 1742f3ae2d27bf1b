from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementPickupHandOver(models.TransientModel):
    """Which cheques the courier hands over to the accountant now."""

    _name = "recouvrement.pickup.hand.over"
    _description = "Hand Over Cheques"

    candidate_ids = fields.Many2many(
        string="Carried Cheques",
        comodel_name="recouvrement.pickup",
        relation="recouvrement_hand_over_candidate_rel",
    )
    pickup_ids = fields.Many2many(
        string="Cheques",
        comodel_name="recouvrement.pickup",
        relation="recouvrement_hand_over_pickup_rel",
        domain="[('id', 'in', candidate_ids)]",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_amount"
    )
    amount = fields.Monetary(string="Total", compute="_compute_amount")
    cheque_count = fields.Integer(string="Number of Cheques", compute="_compute_amount")

    @api.depends("pickup_ids")
    def _compute_amount(self):
        for wizard in self:
            cheques = wizard.pickup_ids
            wizard.currency_id = cheques[:1].currency_id or self.env.company.currency_id
            wizard.amount = sum(cheques.mapped("cheque_amount"))
            wizard.cheque_count = len(cheques)

    def action_confirm(self):
        """Hand the chosen cheques over, and show the slip."""
        self.ensure_one()
        if not self.pickup_ids:
            raise UserError(self.env._("Choose the cheques that you hand over."))
        slips = self.pickup_ids._hand_over()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand-over Slip"),
            "res_model": slips._name,
        }
        if len(slips) == 1:
            return {**action, "views": [(False, "form")], "res_id": slips.id}
        return {
            **action,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", slips.ids)],
        }
