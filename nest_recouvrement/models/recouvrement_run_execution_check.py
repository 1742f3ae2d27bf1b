from odoo import api, models
from odoo.tools import SQL

from ..tools.dates import SATURDAY
from .recouvrement_run import BATCH_SIZE


class RecouvrementRun(models.Model):
    """The accounting check in the follow-up, and what is done after its answers.

    A first reminder that waited for the accountant is performed as soon as there is an
    answer, or on the working day after the time limit: by a run of its own, in the
    same batches and with the same guarantees as the weekly one.
    """

    _inherit = "recouvrement.run"

    def _prepare_dossiers(self, dossiers):
        """Close the checks whose time limit is over, so that their reminders leave."""
        self.env["recouvrement.check"]._expire_overdue(self.company_id)
        if self.kind != "checked":
            return super()._prepare_dossiers(dossiers)
        dossiers._refresh_stale()
        self.dossier_count = dossiers.search_count(
            self._get_checked_domain(dossiers, self.company_id)
        )
        return None

    def _get_passes(self, dossiers):
        if self.kind == "checked":
            domain = self._get_checked_domain(dossiers, self.company_id)
            return [("_perform_due_steps", domain)]
        return super()._get_passes(dossiers)

    def _perform_due_steps(self, dossiers):
        """Ask the accountant first, where receipts may settle the claim."""
        waiting, asked = self.env["recouvrement.check"]._open(dossiers, self)
        return asked + super()._perform_due_steps(dossiers - waiting)

    @api.model
    def _get_checked_domain(self, dossiers, company):
        """Return the domain of the dossiers whose first reminder waited for a check.

        It was answered, or expired, and nothing was tried in this cycle yet.
        """
        return [
            *dossiers._get_due_domain(company),
            ("step_id", "=", False),
            (
                "id",
                "in",
                SQL(
                    """(
                    SELECT answered.dossier_id FROM recouvrement_check answered
                      JOIN recouvrement_dossier dossier
                        ON dossier.id = answered.dossier_id
                       AND dossier.cycle = answered.cycle
                     WHERE answered.state IN ('settled', 'nothing', 'expired')
                       AND NOT EXISTS (
                           SELECT 1 FROM recouvrement_action action
                            WHERE action.dossier_id = answered.dossier_id
                              AND action.cycle = answered.cycle
                              AND action.step_id IS NOT NULL))"""
                ),
            ),
        ]

    # === BUSINESS METHODS - SCHEDULER === #

    @api.model
    def _cron_checked(self, batch_size=BATCH_SIZE):
        """Perform the first reminders whose accounting check is over.

        On working days only; woken up by each answer.
        """
        runs = self._get_pending_runs("checked") or self._create_checked_runs()
        for run in runs:
            if not run._execute_committing(batch_size):
                # Out of time: the scheduler calls again.
                return

    @api.model
    def _create_checked_runs(self):
        """Create a run per company where something waits to be performed."""
        companies_sudo = self.env["res.company"].sudo().search([])
        working = companies_sudo.filtered(
            lambda company: company._recouvrement_today().weekday() < SATURDAY
        )
        self.env["recouvrement.check"]._expire_overdue(working)
        dossiers = self.env["recouvrement.dossier"]
        due = working.filtered(
            lambda company: dossiers.search_count(
                self._get_checked_domain(dossiers, company),
                limit=1,
            )
        )
        return self.create(
            [
                {"company_id": company.id, "kind": "checked", "is_scheduled": True}
                for company in due
            ]
        )
