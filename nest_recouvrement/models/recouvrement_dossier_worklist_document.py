from odoo import models


class RecouvrementDossier(models.Model):
    """Steps that another document closes: the button leads there."""

    _inherit = "recouvrement.dossier"

    def action_todo_done(self):
        """Open the visit to report, or the suspension to notify."""
        document = self._get_todo_action()._get_closing_document()
        if document:
            return document._get_records_action()
        return super().action_todo_done()
