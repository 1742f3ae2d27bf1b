from odoo import fields, models
from odoo.exceptions import UserError


class RecouvrementAction(models.Model):
    """The step of a plan that asks for a suspension: a notice, to be approved."""

    _inherit = "recouvrement.action"

    suspension_ids = fields.One2many(
        string="Suspensions",
        comodel_name="recouvrement.suspension",
        inverse_name="action_id",
    )

    def _perform_suspension(self):
        """Draft a notice per action, for management to approve.

        A guarantor already notified, or suspended, is not notified again: the step is
        done by that suspension.
        """
        # The plan drafts on behalf of the procedure.
        suspensions_sudo = self.env["recouvrement.suspension"].sudo()
        suspensions_sudo._draft(self.dossier_id, actions=self)
        running = suspensions_sudo.search(
            [
                ("dossier_id", "in", self.dossier_id.ids),
                ("state", "in", ("draft", "approved", "notified", "in_force")),
            ]
        ).grouped("dossier_id")
        waiting = self.browse()
        for action in self:
            suspension = running.get(action.dossier_id, suspensions_sudo)
            if suspension.state in ("notified", "in_force"):
                action._mark_done(note=suspension.display_name)
                continue
            waiting += action
            if not suspension.action_id:
                suspension.action_id = action
        waiting._perform_task()

    def _get_pending_suspension(self):
        """Return the suspension of this action that was not notified yet."""
        self.ensure_one()
        return self.suspension_ids.filtered(
            lambda suspension: suspension.state in ("draft", "approved")
        )[:1]

    def _get_closing_document(self):
        """Return the document that closes this action, if it is not ticked.

        :rtype: models.Model
        """
        return self._get_pending_suspension()

    def action_done(self):
        """Steps that another document closes are not ticked."""
        self._check_done_elsewhere()
        return super().action_done()

    def _check_done_elsewhere(self):
        """Refuse to tick a step whose notice is to be sent.

        :raise UserError: naming the suspension
        """
        for action in self:
            if suspension := action._get_pending_suspension():
                raise UserError(
                    self.env._(
                        "This step is done once the notice of %(suspension)s is sent:"
                        " open the suspension to approve it.",
                        suspension=suspension.display_name,
                    )
                )

    def _withdraw(self, reason):
        """Give up the notices that were not sent: nothing is pressed for."""
        result = super()._withdraw(reason)
        for action in self.sudo():
            if suspension := action._get_pending_suspension():
                suspension._cancel(reason)
        return result
