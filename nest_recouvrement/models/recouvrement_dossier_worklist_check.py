from odoo import models


class RecouvrementDossier(models.Model):
    """What screens show while the accounting check is pending."""

    _inherit = "recouvrement.dossier"

    def _prepare_todo_values(self, action):
        """Show what the dossier waits for where it says what comes next."""
        values = super()._prepare_todo_values(action)
        if values["todo_state"] == "none" and (check := self.pending_check_id):
            values |= {
                "todo_state": "held",
                "todo_label": self.env._("Accounting check"),
                "todo_date": check.date_deadline,
            }
        return values
