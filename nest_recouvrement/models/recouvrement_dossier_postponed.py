from odoo import api, models
from odoo.tools import SQL


class RecouvrementDossier(models.Model):
    """A step that was postponed waits for its day, whatever happens meanwhile."""

    _inherit = "recouvrement.dossier"

    @api.model
    def _get_next_date_expression(self):
        """Do not date the next step before the day that it was postponed to.

        It was withdrawn meanwhile (paid, promised, on hold), or it failed.
        """
        return SQL(
            """
            GREATEST(%s, CASE WHEN new_step_id IS NOT NULL THEN (
                SELECT action.postponed_until FROM recouvrement_action action
                 WHERE action.dossier_id = placed.dossier_id
                   AND action.cycle = placed.new_cycle
                   AND action.step_id = placed.new_step_id
                   AND action.occurrence = placed.new_occurrence) END)
            """,
            super()._get_next_date_expression(),
        )
