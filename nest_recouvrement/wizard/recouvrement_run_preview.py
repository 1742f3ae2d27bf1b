from odoo import api, fields, models


class RecouvrementRunPreview(models.TransientModel):
    """What the weekly follow-up would do now, without doing anything."""

    _name = "recouvrement.run.preview"
    _description = "Preview of the Weekly Follow-up"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many(
        string="Previewed Actions",
        comodel_name="recouvrement.run.preview.line",
        inverse_name="preview_id",
    )
    action_count = fields.Integer(string="Actions", compute="_compute_counts")
    failure_count = fields.Integer(string="Failures", compute="_compute_counts")

    def _compute_display_name(self):
        for preview in self:
            preview.display_name = self.env._("Preview of the weekly follow-up")

    @api.depends("line_ids")
    def _compute_counts(self):
        for preview in self:
            preview.action_count = len(preview.line_ids)
            preview.failure_count = len(
                preview.line_ids.filtered(lambda line: line.state == "failed")
            )

    @api.model
    def action_open(self):
        """Open the preview of the current company."""
        rows = self.env["recouvrement.run"]._preview(self.env.company)
        preview = self.create(
            {"line_ids": [fields.Command.create(row) for row in rows]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What the weekly follow-up would do now"),
            "res_model": self._name,
            "res_id": preview.id,
            "view_mode": "form",
        }

    def action_execute(self):
        """Execute the follow-up that was previewed, and show what it did."""
        self.ensure_one()
        run = self.env["recouvrement.run"].create({"company_id": self.company_id.id})
        run.action_execute()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.run",
            "res_id": run.id,
            "view_mode": "form",
        }
