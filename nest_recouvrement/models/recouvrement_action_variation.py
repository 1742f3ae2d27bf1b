from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.dates import add_working_days

# What a decision leaves on the action: only deciding writes it.
DECISION_FIELDS = frozenset(
    (
        "decided_by_id",
        "decided_on",
        "decision",
        "decision_reason",
        "planned_channel",
        "planned_date",
        "postponed_until",
    )
)


class RecouvrementAction(models.Model):
    """The handling of steps: as planned, otherwise, later, or not at all.

    For an adaptable category every step is proposed, and a person decides; whatever
    the category, a step that is to be done may be decided otherwise, with a reason.
    The action keeps what was planned beside what was done.
    """

    _inherit = "recouvrement.action"

    decision_ids = fields.One2many(
        string="Decisions",
        comodel_name="recouvrement.action.decision",
        inverse_name="action_id",
        readonly=True,
    )
    decision = fields.Selection(
        string="Last Decision",
        selection=lambda self: self.env[
            "recouvrement.action.decision"
        ]._selection_decision(),
        readonly=True,
        copy=False,
    )
    decision_reason = fields.Char(string="Why", readonly=True, copy=False)
    planned_channel = fields.Selection(
        help="The channel of the plan, if the step is done otherwise.",
        selection="_selection_channel",
        readonly=True,
        copy=False,
    )
    planned_date = fields.Date(
        string="First Deadline",
        help="The deadline before the step was postponed.",
        readonly=True,
        copy=False,
    )
    postponed_until = fields.Date(
        help="The step is not taken up again before this day.",
        readonly=True,
        copy=False,
    )
    decided_by_id = fields.Many2one(
        string="Decided By", comodel_name="res.users", readonly=True, copy=False
    )
    decided_on = fields.Datetime(readonly=True, copy=False)

    # === CRUD METHODS === #

    def write(self, vals):
        """Leave the writing of decisions to those who decide, with a reason."""
        if not self.env.su and vals.keys() & DECISION_FIELDS:
            raise UserError(
                self.env._("Use the button « Decide »: a decision has its reason.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        # Decisions are evidence, whoever may see them.
        decided = self.sudo().filtered("decision_ids")
        if decided:
            raise UserError(
                self.env._(
                    "%(action)s was decided on: its decisions stay in the journal."
                    " Skip it instead of deleting it.",
                    action=decided[0].display_name,
                )
            )

    # === ACTION METHODS === #

    def action_execute(self):
        """Perform proposed actions as the plan says, and note who decided it."""
        proposed = self._check_state("proposed")
        result = super().action_execute()
        proposed._record_execution()
        return result

    def action_done(self):
        """Note that a proposed action was decided by doing it."""
        proposed = self.filtered(lambda action: action.state == "proposed")
        result = super().action_done()
        proposed._record_execution()
        return result

    # === BUSINESS METHODS - DECISIONS === #

    def _record_execution(self):
        """Note that proposed actions are executed, unless nothing is claimed."""
        performed = self.filtered(lambda action: not action.is_withdrawn)
        performed._record_decision(
            "execute", self.env.context.get("recouvrement_decision_reason")
        )

    def _record_decision(self, decision, reason=None, **chosen):
        """Write what the user decides on these actions, and what was planned.

        The rights are checked by the caller.

        :param str decision: ``execute``, ``replace``, ``postpone`` or ``skip``
        :param str reason: why
        :param chosen: ``channel`` or ``date`` chosen instead of the planned one
        :rtype: recouvrement.action.decision
        """
        now = fields.Datetime.now()
        # Whoever may work on the dossier adds to the decisions, and changes none.
        actions_sudo = self.sudo()
        decisions = actions_sudo.env["recouvrement.action.decision"].create(
            [
                {
                    "action_id": action.id,
                    "amount": action.amount,
                    "category_id": action.dossier_id.category_id.id,
                    "days_late": action._get_days_late(),
                    "decided_by_id": self.env.uid,
                    "decided_on": now,
                    "decision": decision,
                    "planned_channel": action.channel,
                    "planned_date": action.date_deadline,
                    "reason": reason,
                    "user_id": action.dossier_id.user_id.id,
                    **chosen,
                }
                for action in actions_sudo
            ]
        )
        actions_sudo.write(
            {
                "decided_by_id": self.env.uid,
                "decided_on": now,
                "decision": decision,
                "decision_reason": reason,
            }
        )
        return decisions

    def _get_days_late(self):
        """Return by how many days the deadline of the action is over."""
        self.ensure_one()
        if not self.date_deadline:
            return 0
        today = self.company_id._recouvrement_today()
        return max((today - self.date_deadline).days, 0)

    def _replace(self, channel, reason):
        """Do steps through another channel; what was planned stays written.

        :raise UserError: the step is planned by this channel
        """
        labels = dict(self._selection_channel())
        for action in self:
            if action.channel == channel:
                raise UserError(
                    self.env._(
                        "%(action)s is planned by this channel already (%(channel)s):"
                        " execute it, or choose another one.",
                        action=action.display_name,
                        channel=labels[channel],
                    )
                )
        self._record_decision("replace", reason, channel=channel)
        # Evidence of steps that are not done yet: the officer chooses their channel.
        actions_sudo = self.sudo()
        actions_sudo._drop_activities()
        for planned, actions in actions_sudo.grouped("channel").items():
            actions._append_note(
                self.env._(
                    "%(channel)s instead of %(planned)s: %(reason)s",
                    channel=labels[channel],
                    planned=labels[planned],
                    reason=reason,
                )
            )
            first = actions.filtered(lambda action: not action.planned_channel)
            first.planned_channel = planned
        actions_sudo.write(
            {"channel": channel, "failure_reason": False, "state": "todo"}
        )
        actions_sudo._perform_replacement()
        actions_sudo.dossier_id._refresh()

    def _perform_replacement(self):
        """Perform replaced steps; a message that has no template is a task."""
        tasks = self.filtered(
            lambda action: action.channel in ("email", "sms")
            and not action.step_id.template_id
        )
        tasks._perform_task()
        others = self - tasks
        others._perform()
        others._send_queued()

    def _postpone(self, date, reason):
        """Leave steps until another day: nothing takes them up again before it."""
        self._record_decision("postpone", reason, date=date)
        actions_sudo = self.sudo()
        for action in actions_sudo.filtered(lambda action: not action.planned_date):
            action.planned_date = action.date_deadline
        actions_sudo._append_note(
            self.env._(
                "Postponed to %(date)s: %(reason)s",
                date=format_date(self.env, date),
                reason=reason,
            )
        )
        actions_sudo.write({"date_deadline": date, "postponed_until": date})
        actions_sudo.activity_ids.write({"date_deadline": date})
        actions_sudo.dossier_id._refresh()

    # === BUSINESS METHODS - LIFE === #

    def _reopen(self):
        """Give what comes back with its claim a new deadline, as the plan says it.

        A step that was withdrawn is decided on again; one that failed is tried again
        in the way that was chosen.
        """
        withdrawn = self.filtered("is_withdrawn")
        for action in withdrawn:
            today = action.company_id._recouvrement_today()
            deadline = add_working_days(today, action.step_id.deadline_days)
            action.date_deadline = max(deadline, action.postponed_until or deadline)
            action.channel = action.planned_channel or action.channel
        return super()._reopen()

    def _get_responsible_users(self):
        """Give replaced steps to the officer, who chose to do them otherwise."""
        responsible = super()._get_responsible_users()
        for action in self:
            if action.decision == "replace" and action.channel != "visit":
                responsible[action] = action.dossier_id.user_id or self.env.user
        return responsible
