from odoo import fields, models


class RecouvrementPickupFailureReason(models.Model):
    """Why a courier comes back without a cheque, or with a letter."""

    _name = "recouvrement.pickup.failure.reason"
    _description = "Reason of a Failed Errand"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        string="For",
        selection=[("collect", "Cheques"), ("deliver", "Letters"), ("both", "Both")],
        default="both",
        required=True,
    )
    is_wrong_contact = fields.Boolean(
        string="Contact Data Wrong",
        help="The officer is asked to complete the contact data.",
    )
