from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recouvrement_courier_id = fields.Many2one(
        related="company_id.recouvrement_courier_id", readonly=False
    )
    recouvrement_cheque_photo = fields.Boolean(
        related="company_id.recouvrement_cheque_photo", readonly=False
    )
