from odoo import fields, models


class RecouvrementRunPreviewLine(models.TransientModel):
    """One action that the weekly follow-up would make."""

    _name = "recouvrement.run.preview.line"
    _description = "Previewed Action"

    preview_id = fields.Many2one(
        comodel_name="recouvrement.run.preview", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="preview_id.currency_id")
    dossier_id = fields.Many2one(comodel_name="recouvrement.dossier")
    step_id = fields.Many2one(comodel_name="recouvrement.plan.step")
    title = fields.Char(string="Action")
    channel = fields.Selection(
        selection=lambda self: self.env["recouvrement.action"]._selection_channel()
    )
    state = fields.Selection(
        selection=lambda self: self.env["recouvrement.action"]
        ._fields["state"]
        ._description_selection(self.env)
    )
    user_id = fields.Many2one(string="Responsible", comodel_name="res.users")
    amount = fields.Monetary(string="Claimed")
    recipients = fields.Char()
    failure_reason = fields.Char()
