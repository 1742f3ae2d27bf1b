from odoo import fields, models


class RecouvrementCommitment(models.Model):
    """Promises that were made during a visit."""

    _inherit = "recouvrement.commitment"

    visit_id = fields.Many2one(
        comodel_name="recouvrement.visit",
        domain="[('dossier_id', '=', dossier_id)]",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )
