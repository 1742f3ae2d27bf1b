import logging
from contextlib import contextmanager

from odoo import api, models

_logger = logging.getLogger(__name__)


class RecouvrementAction(models.Model):
    """The life of an action: performed, failed, done, skipped, or withdrawn."""

    _inherit = "recouvrement.action"

    def _perform(self):
        """Perform actions through their channel; each may fail alone.

        Steps that a person decides on (adaptable handling, or a step that does not run
        by itself) are not performed here: see :meth:`_propose`.
        """
        for channel, actions in self.grouped("channel").items():
            perform = getattr(actions, f"_perform_{channel}", actions._perform_task)
            perform()

    def _needs_decision(self):
        """Return whether a person decides before this action is performed."""
        self.ensure_one()
        return self.step_id and (
            self.dossier_id.handling == "adaptable" or not self.step_id.automatic
        )

    @contextmanager
    def _failing_alone(self):
        """Run a block in a savepoint; an error marks this action as failed.

        The other dossiers of the batch go on.
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                yield
        except Exception as error:
            # Whatever goes wrong with one dossier, the batch must go on.
            _logger.info(
                "Collection action %s failed: %s", self.id, error, exc_info=True
            )
            self.env.invalidate_all(flush=False)
            self._fail(self._describe_error(error))

    @api.model
    def _describe_error(self, error):
        """Return one sentence for the journal about an exception."""
        text = str(error).strip() or type(error).__name__
        return " ".join(text.split())[:500]

    def _fail(self, reason):
        """Mark actions as failed with a reason, and ask their officers to act."""
        self.write({"state": "failed", "failure_reason": reason, "date_done": False})
        self._ask_to_repair(reason)

    def _mark_done(self, outcome=None, note=None):
        """Close actions: done now, by the current user."""
        values = {
            "state": "done",
            "date_done": self._get_moment(),
            "done_user_id": self.env.uid,
            "failure_reason": False,
        }
        if outcome:
            values["outcome"] = outcome
        # Evidence is written for whoever may work on the dossier.
        actions_sudo = self.sudo()
        actions_sudo.write(values)
        actions_sudo._append_note(note)
        actions_sudo._close_activities(note or "")
        actions_sudo.dossier_id._refresh()

    def _skip(self, note):
        """Leave steps out by decision: the cycle goes on after them."""
        actions_sudo = self.sudo()
        actions_sudo.write(
            {
                "state": "skipped",
                "date_done": self._get_moment(),
                "done_user_id": self.env.uid,
                "failure_reason": False,
            }
        )
        actions_sudo._append_note(note)
        actions_sudo._close_activities(note)
        actions_sudo.dossier_id._refresh()

    def _withdraw(self, reason):
        """Skip actions while nothing is pressed for; they come back with the claim.

        :param str reason: why nothing is pressed for
        """
        actions_sudo = self.sudo()
        actions_sudo.write(
            {"state": "skipped", "is_withdrawn": True, "date_done": False}
        )
        actions_sudo._append_note(self.env._("Withdrawn: %s", reason))
        actions_sudo._drop_activities()

    def _append_note(self, note):
        """Add a line to the notes, below what was written before."""
        for action in self if note else ():
            action.note = "\n".join(filter(None, (action.note, note)))
