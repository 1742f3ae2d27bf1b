from odoo import api, models
from odoo.exceptions import UserError


class RecouvrementAction(models.Model):
    """A ticked call does not bypass the broken promises."""

    _inherit = "recouvrement.action"

    @api.model
    def _on_activities_done(self, activities, feedback=None):
        """Refuse to tick a call while broken promises wait to be asked about.

        :raise UserError: naming the promise and the button that asks
        """
        # Whoever ticks the activity: what waits for an answer is the dossier's.
        calls_sudo = activities.sudo().recouvrement_action_id.filtered(
            lambda action: action.channel == "phone" and action.state == "todo"
        )
        due_sudo = calls_sudo.dossier_id.commitment_ids.filtered("is_answer_due")
        if due_sudo:
            raise UserError(
                self.env._(
                    "%(promise)s was not kept: use the button « Call » of the dossier"
                    " of %(guarantor)s, and note why, before the call is done.",
                    guarantor=due_sudo[0].partner_id.display_name,
                    promise=due_sudo[0].display_name,
                )
            )
        return super()._on_activities_done(activities, feedback=feedback)
