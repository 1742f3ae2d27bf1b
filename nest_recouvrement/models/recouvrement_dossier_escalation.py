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
