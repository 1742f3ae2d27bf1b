from odoo import api, models
from odoo.fields import Domain


class RecouvrementDossier(models.Model):
    """What the tabs above the worklist look at."""

    _inherit = "recouvrement.dossier"

    @api.model
    def _get_worklist_tabs(self, own):
        """Return the tabs of the worklist: filters, their domain, amount to show.

        :param bool own: whether the user's own dossiers are looked at, or all of them
        """
        mine = Domain("user_id", "=", self.env.uid) if own else Domain.TRUE
        return {
            "todo": {
                "label": self.env._("To do now"),
                "filters": ["mine_to_do"] if own else ["due_now"],
                "domain": self._get_todo_domain(own),
                "amount": "claimable_amount",
            },
            "overdue": {
                "label": self.env._("Overdue: to collect"),
                "filters": ["my_dossiers", "overdue"] if own else ["overdue"],
                "domain": mine & Domain("overdue_amount", ">", 0),
                "amount": "overdue_amount",
            },
            "not_due": {
                "label": self.env._("Not due: courtesy"),
                "filters": ["my_dossiers", "not_overdue"] if own else ["not_overdue"],
                "domain": mine
                & Domain("overdue_amount", "=", 0)
                & Domain("not_due_amount", ">", 0),
                "amount": "not_due_amount",
            },
        }

    @api.model
    def _get_todo_domain(self, own):
        """Return the domain of the filter that the worklist opens with."""
        due = Domain("next_action_date", "<=", "today")
        if not own:
            return Domain("pending_action_id", "!=", False) | due
        return Domain("is_mine_to_do", "=", True)
