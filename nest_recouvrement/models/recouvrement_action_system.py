from odoo import api, models
from odoo.exceptions import UserError

# What comes from the plan, the channels and the buttons: nobody writes it.
SYSTEM_FIELDS = frozenset(
    (
        "attempt_count",
        "attempted_on",
        "call_hour",
        "company_id",
        "delivery_state",
        "done_user_id",
        "failure_reason",
        "is_withdrawn",
        "not_before",
        "partner_id",
        "run_id",
        "state",
    )
)
# What people write while there is something to do, and leave alone afterwards.
OUTCOME_FIELDS = frozenset(("document_ids", "outcome", "user_id"))


class RecouvrementAction(models.Model):
    """The journal is written by what is done, never by hand."""

    _inherit = "recouvrement.action"

    @api.model_create_multi
    def create(self, vals_list):
        """Let people note what is to be done; what was done is not typed in.

        :raise UserError: for a step of a plan, or something that is done already
        """
        if not self.env.su:
            for vals in vals_list:
                todo = vals.get("state", "todo") in ("proposed", "todo")
                if vals.get("step_id") or not todo:
                    self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        """Keep states to the buttons, and outcomes as they were noted.

        :raise UserError: for what the buttons write
        """
        if not self.env.su:
            ended = any(action.state in ("done", "skipped") for action in self)
            if SYSTEM_FIELDS & vals.keys() or (ended and OUTCOME_FIELDS & vals.keys()):
                self._refuse_by_hand()
        return super().write(vals)

    def _refuse_by_hand(self):
        raise UserError(
            self.env._(
                "The journal is not written by hand: use the buttons of the dossier and"
                " of the action."
            )
        )
