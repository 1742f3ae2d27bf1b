import logging

from odoo import api, models

from .recouvrement_run import BATCH_SIZE

_logger = logging.getLogger(__name__)

# Steps of one dossier that one run may do, one after the other.
MAX_STEPS = 20


class RecouvrementRun(models.Model):
    """What a run does: batches of dossiers, each failing alone, and the preview."""

    _inherit = "recouvrement.run"

    def _execute_batches(self, batch_size=BATCH_SIZE):
        """Refresh the company's dossiers, then perform what is due, by batches.

        The caller may commit between two batches.

        :yield: the actions made for each batch
        """
        self.ensure_one()
        # The follow-up concerns the whole company, whoever starts it.
        run_sudo = (
            self.sudo()
            .with_company(self.company_id)
            .with_context(lang=self.company_id.partner_id.lang or self.env.lang)
        )
        dossiers_sudo = run_sudo.env["recouvrement.dossier"].with_context(
            allowed_company_ids=self.company_id.ids
        )
        run_sudo._prepare_dossiers(dossiers_sudo)
        for perform, domain in run_sudo._get_passes(dossiers_sudo):
            last_id = 0
            while batch := dossiers_sudo.search(
                [*domain, ("id", ">", last_id)], order="id", limit=batch_size
            ):
                last_id = batch[-1].id
                actions = run_sudo._process_batch(batch.try_lock_for_update(), perform)
                run_sudo.action_count += len(actions)
                run_sudo.failed_at_once_count += len(
                    actions.filtered(lambda action: action.state == "failed")
                )
                yield actions.with_env(self.env)

    def _prepare_dossiers(self, dossiers):
        """Refresh the company's dossiers, before anything is chosen.

        :param recouvrement.dossier dossiers: none, in the company's environment
        """
        dossiers._refresh()
        self.dossier_count = dossiers.search_count(
            [("company_id", "=", self.company_id.id)]
        )

    def _get_passes(self, dossiers):
        """Return what the run does, in order.

        For an extension that does more: it appends the name of its method, which is
        given dossiers and returns actions.

        :param recouvrement.dossier dossiers: none, in the company's environment
        :return: name of the method, and the domain of the dossiers it is given
        :rtype: list[tuple[str, list]]
        """
        return [("_perform_due_steps", dossiers._get_due_domain(self.company_id))]

    def _process_batch(self, dossiers, perform="_perform_due_steps"):
        """Perform what is due in these dossiers.

        If something fails that no action answers for, dossier by dossier.

        :param str perform: name of the method, see :meth:`_get_passes`
        :return: the actions made
        :rtype: recouvrement.action
        """
        try:
            with self.env.cr.savepoint():
                return getattr(self, perform)(dossiers)
        except Exception:
            _logger.exception("A batch of the follow-up failed: one by one")
            self.env.invalidate_all(flush=False)
        actions = self.env["recouvrement.action"]
        for dossier in dossiers:
            actions += self._process_alone(dossier, perform)
        return actions

    def _process_alone(self, dossier, perform):
        """Perform what is due in one dossier; note on an action what fails."""
        try:
            with self.env.cr.savepoint():
                return getattr(self, perform)(dossier)
        except Exception as error:
            _logger.exception("The follow-up of dossier %s failed", dossier.id)
            self.env.invalidate_all(flush=False)
            action = self.env["recouvrement.action"].create(
                {**self._prepare_failed_values(dossier, perform), "run_id": self.id}
            )
            action._fail(action._describe_error(error))
            dossier._refresh_escalation(dossier.company_id)
            return action

    def _prepare_failed_values(self, dossier, perform):
        """Return the values of the action that tells what could not be made.

        :param str perform: name of the method that failed, see :meth:`_get_passes`
        """
        return self.env["recouvrement.action"]._prepare_action_values(dossier)

    def _perform_due_steps(self, dossiers):
        """Perform the next step of each dossier, and those due right after it.

        A step that needs a person ends the series until it is done.
        """
        actions_made = self.env["recouvrement.action"]
        due = dossiers
        for _step in range(MAX_STEPS):
            if not due:
                break
            actions = actions_made._prepare_batch(due, self)
            proposed = actions.filtered(lambda action: action._needs_decision())
            proposed._propose()
            (actions - proposed)._perform()
            actions_made += actions
            due._refresh_escalation(due.company_id)
            due = due.filtered_domain(due._get_due_domain(self.company_id))
        return actions_made

    # === BUSINESS METHODS - PREVIEW === #

    @api.model
    def _preview(self, company):
        """Return what a run of ``company`` would do now, and do nothing.

        The run is really executed, without documents, then undone: what is shown is
        what would happen.

        :param res.company company: company to look at
        :return: one dict of field values per action that would be made
        :rtype: list[dict]
        """
        rows = []
        # Figures are read either way; dossiers must outlive the savepoint.
        self.env["recouvrement.dossier"].with_context(
            allowed_company_ids=company.ids
        )._refresh()
        with self.env.cr.savepoint() as savepoint:
            run = self.with_context(recouvrement_no_pdf=True).create(
                {"company_id": company.id}
            )
            for actions in run._execute_batches():
                rows += [run._prepare_preview_values(action) for action in actions]
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        return rows

    @api.model
    def _prepare_preview_values(self, action):
        """Return the values of the preview line about ``action``."""
        return {
            "dossier_id": action.dossier_id.id,
            "step_id": action.step_id.id,
            "title": action.title,
            "channel": action.channel,
            "state": action.state,
            "user_id": action.user_id.id,
            "amount": action.amount,
            "recipients": action.recipients,
            "failure_reason": action.failure_reason,
        }
