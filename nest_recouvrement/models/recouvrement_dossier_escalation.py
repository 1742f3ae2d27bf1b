from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .recouvrement_dossier_fields import (
    ESCALATION_FIELDS,
)


class RecouvrementDossier(models.Model):
    """What comes next: plan, cycle, last and next step (design, section 4).

    A cycle starts when something becomes claimable, and ends when nothing overdue is
    left to pay. A promise or a dispute that covers everything pauses it: broken or
    rejected, the claim goes on from where it was.
    """

    _inherit = "recouvrement.dossier"

    plan_id = fields.Many2one(
        comodel_name="recouvrement.plan",
        domain="[('company_id', 'in', (False, company_id))]",
        ondelete="restrict",
        index=True,
        tracking=True,
        check_company=True,
    )
    plan_locked = fields.Boolean(help="The plan was chosen by hand.", tracking=True)
    cycle = fields.Integer(
        help="Number of the current, or last, cycle of reminders.", readonly=True
    )
    cycle_start_date = fields.Date(
        help="Day on which the current cycle started; empty between two cycles.",
        readonly=True,
    )
    step_id = fields.Many2one(
        string="Last Step Done",
        comodel_name="recouvrement.plan.step",
        ondelete="restrict",
        readonly=True,
        index="btree_not_null",
    )
    last_action_date = fields.Date(string="Last Action", readonly=True)
    next_step_id = fields.Many2one(
        comodel_name="recouvrement.plan.step",
        ondelete="restrict",
        readonly=True,
        index="btree_not_null",
    )
    next_occurrence = fields.Integer(readonly=True)
    next_action_date = fields.Date(
        string="Next Action",
        help="From this day on the weekly run does the next step.",
        readonly=True,
        index="btree_not_null",
    )
    next_channel = fields.Selection(related="next_step_id.channel")
    pending_action_id = fields.Many2one(
        string="To Do",
        help="The action of this cycle that waits for a person.",
        comodel_name="recouvrement.action",
        ondelete="set null",
        readonly=True,
        index="btree_not_null",
    )
    stage = fields.Selection(
        selection=[
            ("none", "Nothing due"),
            ("preventive", "Not overdue"),
            ("amicable", "Amicable"),
            ("litigation", "Litigation"),
        ],
        default="none",
        readonly=True,
        index=True,
        group_expand=True,
    )
    next_step_explanation = fields.Char(
        string="Why", compute="_compute_next_step_explanation"
    )

    @api.depends(
        "claimable_amount",
        "cycle_start_date",
        "hold_until",
        "next_action_date",
        "next_step_id",
        "pending_action_id",
        "plan_id",
    )
    def _compute_next_step_explanation(self):
        for dossier in self:
            dossier.next_step_explanation = dossier._explain_next_step()

    def _explain_next_step(self):
        """Return one sentence: what comes next and when, or why nothing does."""
        self.ensure_one()
        if reason := self._get_pause_reason():
            return reason
        if self.pending_action_id:
            action = self.pending_action_id
            return self.env._(
                "%(step)s: to be done by %(user)s by %(date)s.",
                step=action.step_id.name or action._get_channel_label(),
                user=action.user_id.name or "-",
                date=format_date(self.env, action.date_deadline),
            )
        if not self.plan_id:
            return self.env._("No plan applies to this dossier: choose one.")
        if not self.next_step_id:
            return self.env._(
                "Every step of the plan %(plan)s is done.", plan=self.plan_id.name
            )
        step = self.next_step_id
        if self.next_action_date <= self.company_id._recouvrement_today():
            return self.env._(
                "%(step)s: due since %(date)s, done by the next weekly follow-up, on"
                " %(run)s.",
                step=step.name,
                date=format_date(self.env, self.next_action_date),
                run=format_date(self.env, self._get_next_run_date()),
            )
        if step.anchor == "due_date":
            return self.env._(
                "%(step)s on %(date)s: %(days)s day(s) after the oldest due date,"
                " %(due)s.",
                step=step.name,
                date=format_date(self.env, self.next_action_date),
                days=step.delay_days,
                due=format_date(self.env, self.oldest_due_date),
            )
        return self.env._(
            "%(step)s on %(date)s: %(days)s day(s) after the step before.",
            step=step.name,
            date=format_date(self.env, self.next_action_date),
            days=step.delay_days,
        )

    def _get_next_run_date(self):
        """Return the day on which the scheduler executes the weekly follow-up."""
        # Everybody may know when, without any right on the scheduler.
        cron_sudo = self.env.ref("nest_recouvrement.ir_cron_weekly_run").sudo()
        return fields.Datetime.context_timestamp(self, cron_sudo.nextcall).date()

    def _get_pause_reason(self):
        """Return why nothing is pressed for, or an empty string.

        Extend it together with :meth:`_get_pressing_condition`.
        """
        self.ensure_one()
        currency = self.currency_id
        if not self.active:
            return self.env._("The guarantor is no longer followed up.")
        if self.is_held:
            return self.env._(
                "On hold until %(date)s: %(reason)s",
                date=format_date(self.env, self.hold_until),
                reason=self.hold_reason,
            )
        if self.claimable_amount > 0:
            return ""
        if not self.overdue_amount:
            return self.env._("Nothing is overdue.")
        return self.env._(
            "Nothing to claim: of %(overdue)s overdue, %(disputed)s is disputed,"
            " %(promised)s promised, and %(credit)s received is not matched yet.",
            overdue=currency.format(self.overdue_amount),
            disputed=currency.format(self.disputed_amount),
            promised=currency.format(self.promised_amount),
            credit=currency.format(self.unallocated_credit),
        )

    # === BUSINESS METHODS - REFRESH === #

    def _refresh_escalation(self, companies):
        """Choose plans, open and close cycles, and date the next steps.

        One statement for any number of dossiers, then one batch for the actions that
        lost their reason to be.

        :param res.company companies: companies of the dossiers
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(expressions)s
                UPDATE recouvrement_dossier dossier
                   SET (%(columns)s) = ROW(%(values)s)
                  FROM planned
                 WHERE dossier.id = planned.dossier_id
                   AND (planned.is_moot
                        OR (%(present)s) IS DISTINCT FROM (%(values)s))
             RETURNING dossier.id, planned.is_moot, planned.pending_action_id
                """,
                columns=SQL(", ").join(map(SQL.identifier, ESCALATION_FIELDS)),
                expressions=self._get_escalation_query(companies),
                present=SQL(", ").join(
                    SQL.identifier("dossier", name) for name in ESCALATION_FIELDS
                ),
                values=SQL(", ").join(
                    SQL.identifier("planned", name) for name in ESCALATION_FIELDS
                ),
            )
        )
        self.invalidate_model(flush=False)
        moot = self.browse(row[0] for row in rows if row[1])
        if moot:
            moot._cancel_pending_actions()

    def _cancel_pending_actions(self):
        """Withdraw the steps still to do in dossiers where nothing is pressed for."""
        actions = self.env["recouvrement.action"].search(
            [
                ("dossier_id", "in", self.ids),
                ("state", "in", ("proposed", "todo")),
                ("step_id", "!=", False),
            ]
        )
        for dossier, pending in actions.grouped("dossier_id").items():
            pending._withdraw(dossier._get_pause_reason())
        self.pending_action_id = False

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

    # === BUSINESS METHODS - CHOICE === #

    @api.model
    def _get_due_domain(self, company):
        """Return the domain of the dossiers whose next step is due today.

        :param res.company company: company of the run
        """
        return [
            ("company_id", "=", company.id),
            ("next_action_date", "<=", company._recouvrement_today()),
            ("next_step_id", "!=", False),
            ("pending_action_id", "=", False),
        ]
