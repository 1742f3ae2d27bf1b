from odoo import fields, models


class RecouvrementPickup(models.Model):
    """Cheques that were handed over during a visit."""

    _inherit = "recouvrement.pickup"

    visit_id = fields.Many2one(
        comodel_name="recouvrement.visit",
        domain="[('dossier_id', '=', dossier_id)]",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )
