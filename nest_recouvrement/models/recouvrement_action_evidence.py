from odoo import api, models
from odoo.tools import SQL

from ..tools.dates import add_working_days


class RecouvrementAction(models.Model):
    """The making of actions, with what they claim item by item as evidence."""

    _inherit = "recouvrement.action"

    @api.model
    def _prepare_batch(self, dossiers, run=None):
        """Create, or open again, the actions of the next step of these dossiers.

        With the items claimed as evidence. A fixed number of statements.

        :param recouvrement.dossier dossiers: their next step is due
        :param recouvrement.run run: the run that does it
        :return: the actions, whose channels are still to be performed
        """
        existing = {
            (action.dossier_id, action.step_id, action.occurrence): action
            for action in self.search(
                [
                    ("dossier_id", "in", dossiers.ids),
                    ("state", "in", ("failed", "skipped")),
                ]
            )
            if action.cycle == action.dossier_id.cycle
        }
        run_values = {"run_id": run.id} if run else {}
        reopened, vals_list = self.browse(), []
        for dossier in dossiers:
            key = (dossier, dossier.next_step_id, dossier.next_occurrence)
            if action := existing.get(key):
                reopened += action
            else:
                vals_list.append(self._prepare_action_values(dossier) | run_values)
        created = self.create(vals_list)
        reopened.write(run_values)
        reopened._reopen()
        created._write_evidence()
        return reopened + created

    @api.model
    def _prepare_action_values(self, dossier):
        """Return the values of the action for the next step of ``dossier``."""
        step = dossier.next_step_id
        return {
            "dossier_id": dossier.id,
            "partner_id": dossier.partner_id.id,
            "company_id": dossier.company_id.id,
            "step_id": step.id,
            "cycle": dossier.cycle,
            "occurrence": dossier.next_occurrence,
            "channel": step.channel,
            "amount": dossier.claimable_amount,
            "state": "todo",
            "user_id": dossier.user_id.id,
            "attempted_on": dossier.company_id._recouvrement_today(),
            "date_deadline": add_working_days(
                dossier.company_id._recouvrement_today(), step.deadline_days
            ),
        }

    def _reopen(self):
        """Take up failed or withdrawn actions again, with today's claim."""
        self._drop_activities()
        for dossier, actions in self.grouped("dossier_id").items():
            today = dossier.company_id._recouvrement_today()
            actions.write(
                {
                    "amount": dossier.claimable_amount,
                    "attempted_on": today,
                    "failure_reason": False,
                    "is_withdrawn": False,
                    "state": "todo",
                }
            )
        self._write_evidence()

    def _write_evidence(self):
        """Write what each action claims, item by item, in one statement.

        The sum is the claimable amount: what is disputed or promised is left out, and
        credits not matched yet are set against the oldest items.
        """
        if not self:
            return
        lines_sudo = self.env["recouvrement.action.line"].sudo()
        lines_sudo.search([("action_id", "in", self.ids)]).unlink()
        self.env.flush_all()
        dossiers = self.dossier_id
        self.env.execute_query(
            SQL(
                """
                WITH setting AS (%(settings)s),
                target AS (
                    SELECT dossier.id AS dossier_id, dossier.partner_id,
                           dossier.unallocated_credit, setting.*
                      FROM recouvrement_dossier dossier
                      JOIN setting ON setting.company_id = dossier.company_id
                     WHERE dossier.id = ANY(%(dossier_ids)s)
                ),
                %(items)s,
                claim AS (
                    SELECT item.dossier_id, item.line_id, item.move_id, item.due_date,
                           item.residual,
                           item.residual - COALESCE(contested.disputed, 0)
                               - COALESCE(contested.promised, 0) AS amount,
                           SUM(item.residual - COALESCE(contested.disputed, 0)
                               - COALESCE(contested.promised, 0)) OVER (
                               PARTITION BY item.dossier_id
                               ORDER BY item.due_date, item.line_id) AS cumulated
                      FROM item
                 LEFT JOIN contested ON contested.line_id = item.line_id
                     WHERE item.residual > 0 AND item.days_late > 0
                       AND NOT item.excluded
                )
                INSERT INTO recouvrement_action_line
                       (action_id, move_line_id, name, date_maturity,
                        residual_amount, amount)
                SELECT action.id, claim.line_id, move.name, claim.due_date,
                       claim.residual,
                       LEAST(claim.amount,
                             claim.cumulated - target.unallocated_credit)
                  FROM claim
                  JOIN target ON target.dossier_id = claim.dossier_id
                  JOIN recouvrement_action action
                    ON action.dossier_id = claim.dossier_id
                   AND action.id = ANY(%(action_ids)s)
                  JOIN account_move move ON move.id = claim.move_id
                 WHERE claim.amount > 0
                   AND claim.cumulated > target.unallocated_credit
                """,
                action_ids=self.ids,
                dossier_ids=dossiers.ids,
                items=dossiers._get_items_query(),
                settings=dossiers._get_settings_query(dossiers.company_id),
            )
        )
        self.env["recouvrement.action.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])
