from odoo import models


class RecouvrementDossier(models.Model):
    """Visits and suspensions end with the follow-up of an archived guarantor."""

    _inherit = "recouvrement.dossier"

    def _cancel_work(self, reason):
        """Cancel visits that were not held, and notices that are not in force."""
        return [
            *super()._cancel_work(reason),
            *self._cancel_visits(reason),
            *self._cancel_suspensions(reason),
        ]

    def _cancel_visits(self, reason):
        """Take open visits out of the plan and the calendar.

        :return: one sentence, if there was any
        :rtype: list[str]
        """
        visits = self.env["recouvrement.visit"].search(
            [
                ("dossier_id", "=", self.id),
                ("state", "in", ("proposed", "approved", "scheduled")),
            ]
        )
        if not visits:
            return []
        visits._decline(reason)
        return [
            self._localized().env._(
                "Visits cancelled: %s.", ", ".join(visits.mapped("name"))
            )
        ]

    def _cancel_suspensions(self, reason):
        """Give up drafts, and withdraw notices; what is in force stays so.

        :return: one sentence, if there was any
        :rtype: list[str]
        """
        suspensions = self.env["recouvrement.suspension"].search(
            [
                ("dossier_id", "=", self.id),
                ("state", "in", ("draft", "approved", "notified")),
            ]
        )
        for suspension in suspensions:
            if suspension.state == "notified":
                suspension._lift(reason, by_email=False)
            elif suspension.action_id.state == "todo":
                # The step gives up its notice, whoever archives the guarantor.
                suspension.action_id._withdraw(reason)
            else:
                suspension._cancel(reason)
        if not suspensions:
            return []
        return [
            self._localized().env._(
                "Suspensions cancelled: %s.", ", ".join(suspensions.mapped("name"))
            )
        ]
