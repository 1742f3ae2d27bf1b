from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    recouvrement_action_id = fields.Many2one(
        string="Collection Action",
        comodel_name="recouvrement.action",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )

    def _action_done(self, feedback=False, attachment_ids=None):
        """Close the collection action together with its activity."""
        linked = self.filtered("recouvrement_action_id")
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if linked and not self.env.context.get("recouvrement_action_closed"):
            self.env["recouvrement.action"]._on_activities_done(
                linked, feedback=feedback
            )
        return result
