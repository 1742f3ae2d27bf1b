from odoo import api, models
from odoo.tools import SQL


class RecouvrementDossier(models.Model):
    """The SQL of what comes next: plan, cycle, last and next step, dates."""

    _inherit = "recouvrement.dossier"

    def _get_escalation_query(self, companies):
        """Return the common table expressions that end in ``planned``."""
        return SQL(
            """
            setting AS (%(settings)s),
            target AS (
                SELECT dossier.*, setting.today, setting.tz,
                       dossier.claimable_amount > 0 AND %(pressing)s AS is_pressed,
                       COALESCE(dossier.hold_until >= setting.today, FALSE) AS is_held,
                       CASE WHEN dossier.cycle_start_date IS NULL
                            THEN dossier.claimable_amount > 0
                            ELSE dossier.overdue_amount
                                 > dossier.unallocated_credit END AS runs
                  FROM recouvrement_dossier dossier
                  JOIN setting ON setting.company_id = dossier.company_id
                 WHERE %(only)s
                 ORDER BY dossier.id
                   FOR NO KEY UPDATE OF dossier
            ),
            cycled AS (
                SELECT target.id AS dossier_id, target.*,
                       COALESCE(target.cycle, 0)
                           + (runs AND cycle_start_date IS NULL)::int AS new_cycle,
                       CASE WHEN runs THEN COALESCE(cycle_start_date, today)
                            END AS new_start,
                       CASE WHEN kept_plan.id IS NOT NULL THEN kept_plan.id
                            ELSE matching.id END AS new_plan_id
                  FROM target
             LEFT JOIN recouvrement_plan kept_plan
                    ON kept_plan.id = target.plan_id AND kept_plan.active
                   AND (target.plan_locked
                        OR target.runs AND target.cycle_start_date IS NOT NULL)
             LEFT JOIN LATERAL (%(matching)s) matching ON TRUE
            ),
            placed AS (
                SELECT cycled.*, last.step_id AS last_step_id,
                       last.stage AS last_stage,
                       last.occurrence AS last_occurrence,
                       (last.date_done AT TIME ZONE 'UTC'
                                       AT TIME ZONE tz)::date AS last_date,
                       next.id AS new_step_id,
                       CASE WHEN next.id = last.step_id
                            THEN last.occurrence + 1 ELSE 1 END AS new_occurrence,
                       CASE WHEN next.id = last.step_id THEN next.repeat_days
                            ELSE COALESCE(next.delay_days, 0) END AS delay,
                       next.anchor AS counted_from,
                       next.id = last.step_id AS is_repeat
                  FROM cycled
             LEFT JOIN LATERAL (%(last)s) last ON TRUE
             LEFT JOIN LATERAL (%(next)s) next ON TRUE
            ),
            planned AS (
                SELECT placed.dossier_id, new_plan_id AS plan_id,
                       new_cycle AS cycle, new_start AS cycle_start_date,
                       last_step_id AS step_id,
                       COALESCE(last_date, last_action_date) AS last_action_date,
                       CASE WHEN runs THEN new_step_id END AS next_step_id,
                       CASE WHEN runs THEN new_occurrence END AS next_occurrence,
                       CASE WHEN runs AND is_pressed
                            THEN %(date)s END AS next_action_date,
                       pending.id AS pending_action_id,
                       CASE WHEN runs AND last_stage = 'litigation' THEN 'litigation'
                            WHEN runs THEN 'amicable'
                            WHEN not_due_amount > 0 THEN 'preventive'
                            ELSE 'none' END AS stage,
                       (NOT is_pressed OR is_held) AND waiting.found AS is_moot
                  FROM placed
             LEFT JOIN LATERAL (
                    SELECT action.id FROM recouvrement_action action
                     WHERE action.dossier_id = placed.dossier_id
                       AND action.cycle = placed.new_cycle
                       AND action.step_id IS NOT NULL
                       AND action.state IN ('proposed', 'todo')
                  ORDER BY action.date_deadline, action.id
                     LIMIT 1) pending ON TRUE
            CROSS JOIN LATERAL (
                    SELECT EXISTS (
                        SELECT 1 FROM recouvrement_action action
                         WHERE action.dossier_id = placed.dossier_id
                           AND action.step_id IS NOT NULL
                           AND action.state IN ('proposed', 'todo')) AS found
                    ) waiting
             LEFT JOIN LATERAL (
                    SELECT action.attempted_on + 1 AS retry_on
                      FROM recouvrement_action action
                     WHERE action.dossier_id = placed.dossier_id
                       AND action.cycle = placed.new_cycle
                       AND action.step_id = placed.new_step_id
                       AND action.occurrence = placed.new_occurrence
                       AND action.state = 'failed') failure ON TRUE
            )
            """,
            date=self._get_next_date_expression(),
            last=self._get_last_step_query(),
            matching=self._get_matching_plan_query(),
            next=self._get_next_step_query(),
            only=SQL("dossier.id = ANY(%s)", self.ids) if self else SQL("TRUE"),
            pressing=self._get_pressing_condition(),
            settings=self._get_settings_query(companies),
        )

    @api.model
    def _get_pressing_condition(self):
        """Return the SQL condition under which a claimable ``dossier`` is pressed.

        For an extension that pauses follow-up; see :meth:`_get_pause_reason`.
        """
        return SQL("dossier.active")

    @api.model
    def _get_matching_plan_query(self):
        """Return the first plan by sequence whose criteria ``target`` meets."""
        return SQL(
            """
            SELECT plan.id FROM recouvrement_plan plan
             WHERE plan.active
               AND COALESCE(plan.company_id, target.company_id) = target.company_id
               AND COALESCE(plan.seniority, target.seniority, '')
                   = COALESCE(target.seniority, '')
               AND COALESCE(plan.payer_profile, target.payer_profile, '')
                   = COALESCE(target.payer_profile, '')
               AND target.balance >= COALESCE(NULLIF(plan.balance_min, 0),
                                              target.balance)
               AND (COALESCE(plan.balance_max, 0) = 0
                    OR target.balance < plan.balance_max)
               AND (NOT EXISTS (
                       SELECT 1 FROM recouvrement_plan_category_rel criterion
                        WHERE criterion.plan_id = plan.id)
                    OR EXISTS (
                       SELECT 1 FROM recouvrement_plan_category_rel criterion
                        WHERE criterion.plan_id = plan.id
                          AND criterion.category_id = target.category_id))
          ORDER BY plan.sequence, plan.id
             LIMIT 1
            """
        )

    @api.model
    def _get_last_step_query(self):
        """Return the furthest step done, or skipped by decision, in the cycle.

        What was withdrawn because nothing was left to claim is not done.
        """
        return SQL(
            """
            SELECT action.step_id, action.occurrence, action.date_done,
                   step.sequence, step.stage
              FROM recouvrement_action action
              JOIN recouvrement_plan_step step ON step.id = action.step_id
             WHERE action.dossier_id = cycled.dossier_id
               AND action.cycle = cycled.new_cycle
               AND action.state IN ('done', 'skipped')
               AND action.is_withdrawn IS NOT TRUE
               AND cycled.runs
          ORDER BY step.sequence DESC, step.id DESC, action.occurrence DESC
             LIMIT 1
            """
        )

    @api.model
    def _get_next_step_query(self):
        """Return the step after ``last``: the same one as long as it is repeated.

        After a change of plan the sequence numbers say where to go on.
        """
        return SQL(
            """
            SELECT step.* FROM recouvrement_plan_step step
             WHERE step.plan_id = cycled.new_plan_id
               AND step.stage != 'preventive'
               AND (last.step_id IS NULL
                    OR (step.sequence, step.id) > (last.sequence, last.step_id)
                    OR step.id = last.step_id
                       AND last.occurrence < step.repeat_count)
          ORDER BY step.sequence, step.id
             LIMIT 1
            """
        )

    @api.model
    def _get_next_date_expression(self):
        """Return the date of the next step: its anchor, its delay, and the hold.

        A failed step is tried again from the day after.
        """
        return SQL(
            """
            GREATEST(
                CASE WHEN new_step_id IS NULL THEN NULL
                     WHEN counted_from = 'due_date' AND is_repeat IS NOT TRUE
                     THEN oldest_due_date
                     ELSE COALESCE(last_date, new_start) END + delay,
                CASE WHEN new_step_id IS NOT NULL AND hold_until >= today
                     THEN hold_until + 1 END,
                CASE WHEN new_step_id IS NOT NULL THEN failure.retry_on END)
            """
        )
