from odoo import fields, models


class RecouvrementSuspensionException(models.Model):
    """An invoice that may be confirmed although services are suspended, and why."""

    _name = "recouvrement.suspension.exception"
    _description = "Invoice Allowed despite a Suspension"
    _order = "id desc"

    suspension_id = fields.Many2one(
        comodel_name="recouvrement.suspension",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="suspension_id.company_id", store=True, index=True
    )
    move_id = fields.Many2one(
        string="Invoice",
        comodel_name="account.move",
        required=True,
        ondelete="cascade",
        index=True,
    )
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        string="Allowed By",
        comodel_name="res.users",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
    )

    _move_suspension_uniq = models.UniqueIndex(
        "(move_id, suspension_id)", "This invoice is allowed already."
    )
