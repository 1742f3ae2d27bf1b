from odoo import models
from odoo.tools import format_date


class RecouvrementDossier(models.Model):
    """What calls change in what comes next: who is called when, and by which screen."""

    _inherit = "recouvrement.dossier"

    def action_todo_done(self):
        """Open the call if a call is what waits: it is done by its outcome."""
        if self._get_todo_action().channel == "phone":
            return self.action_call()
        return super().action_todo_done()

    def _prepare_todo_values(self, action):
        """Show the hour of a call that was agreed."""
        values = super()._prepare_todo_values(action)
        if action.call_hour and action.state == "todo":
            values["todo_label"] = action._get_call_summary()
        return values

    def _explain_next_step(self):
        """Say that a call waits for a later day, and why the rest waits for it."""
        action = self.pending_action_id
        if (
            not self._get_pause_reason()
            and action.not_before
            and action.not_before > self.company_id._recouvrement_today()
        ):
            return self.env._(
                "%(call)s, on %(date)s, not before.",
                call=action._get_call_summary(),
                date=format_date(self.env, action.not_before),
            )
        return super()._explain_next_step()

    def _refresh_escalation(self, companies):
        """Withdraw the calls that were agreed, and that nothing is owed for any more.

        One query for any number of dossiers, when there is no such call.
        """
        result = super()._refresh_escalation(companies)
        scope = [("dossier_id", "in", self.ids)] if self else []
        moot = self.env["recouvrement.action"].search(
            [
                ("channel", "=", "phone"),
                ("company_id", "in", companies.ids),
                ("dossier_id.claimable_amount", "<=", 0),
                ("state", "=", "todo"),
                ("step_id", "=", False),
                *scope,
            ]
        )
        for dossier, calls in moot.grouped("dossier_id").items():
            calls._withdraw(dossier._get_pause_reason())
        return result
