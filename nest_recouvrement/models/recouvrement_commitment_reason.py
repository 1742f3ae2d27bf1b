from odoo import fields, models


class RecouvrementCommitmentReason(models.Model):
    """A usual reason why guarantors do not keep their promises."""

    _name = "recouvrement.commitment.reason"
    _description = "Reason of a Broken Promise"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE (name)", "This reason exists already.")
