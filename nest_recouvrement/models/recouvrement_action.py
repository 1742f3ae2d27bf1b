from odoo import api, fields, models
from odoo.exceptions import UserError

# What a done action proves: nobody rewrites it.
EVIDENCE_FIELDS = frozenset(
    (
        "amount",
        "channel",
        "cycle",
        "date_done",
        "dossier_id",
        "line_ids",
        "mail_message_id",
        "name",
        "occurrence",
        "recipients",
        "step_id",
    )
)


class RecouvrementAction(models.Model):
    """The journal: one row per thing done, or to do, for a dossier, with its evidence.

    A step is done once per cycle: the row is unique per (dossier, cycle, step,
    occurrence), so that a run repeated does nothing twice. How each channel is
    performed is in the files that extend this one.
    """

    _name = "recouvrement.action"
    _description = "Collection Action"
    _order = "date_done desc, date_deadline, id desc"
    _rec_name = "title"
    _check_company_auto = True

    dossier_id = fields.Many2one(
        comodel_name="recouvrement.dossier",
        required=True,
        ondelete="restrict",
        index=True,
    )
    partner_id = fields.Many2one(
        string="Guarantor", related="dossier_id.partner_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="dossier_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    run_id = fields.Many2one(
        comodel_name="recouvrement.run",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    step_id = fields.Many2one(
        comodel_name="recouvrement.plan.step",
        ondelete="restrict",
        index="btree_not_null",
    )
    name = fields.Char(
        string="What",
        help="What was done, for what no step of a plan asks for.",
        readonly=True,
    )
    title = fields.Char(string="Action", compute="_compute_title")
    cycle = fields.Integer(required=True, default=0)
    occurrence = fields.Integer(required=True, default=1)
    channel = fields.Selection(selection="_selection_channel", required=True)
    state = fields.Selection(
        selection=[
            ("proposed", "Proposed"),
            ("todo", "To do"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("skipped", "Skipped"),
        ],
        default="todo",
        required=True,
        index=True,
    )
    is_withdrawn = fields.Boolean(
        help="Skipped because nothing was left to claim: it is done again if the claim"
        " comes back.",
        readonly=True,
    )
    user_id = fields.Many2one(
        string="Responsible", comodel_name="res.users", index=True
    )
    done_user_id = fields.Many2one(
        string="Done By", comodel_name="res.users", readonly=True
    )
    date_deadline = fields.Date(string="Deadline", index=True)
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)
    attempted_on = fields.Date(string="Last Attempt", readonly=True, copy=False)
    outcome = fields.Selection(
        selection=[
            ("reached", "Reached"),
            ("no_answer", "No answer"),
            ("call_back", "Call back later"),
            ("promise", "Promise to pay"),
            ("transfer", "Transfer announced"),
            ("cheque", "Cheque ready"),
            ("dispute", "Dispute"),
            ("refusal", "Refusal"),
            ("wrong_number", "Wrong number"),
        ],
        copy=False,
    )
    note = fields.Text(help="What was said, or why the step was changed.")
    failure_reason = fields.Char(readonly=True, copy=False)

    # === Evidence === #
    amount = fields.Monetary(
        string="Claimed", help="What was claimable that day.", readonly=True
    )
    line_ids = fields.One2many(
        string="Claimed Items",
        comodel_name="recouvrement.action.line",
        inverse_name="action_id",
        readonly=True,
    )
    recipients = fields.Char(help="To whom it was addressed that day.", readonly=True)
    attachment_ids = fields.Many2many(
        string="Sent Documents", related="mail_message_id.attachment_ids"
    )
    document_ids = fields.Many2many(
        string="Documents",
        help="Letters, photos, transfer orders and reports that prove the action.",
        comodel_name="ir.attachment",
        relation="recouvrement_action_document_rel",
        column1="action_id",
        column2="attachment_id",
        copy=False,
    )

    _step_uniq = models.UniqueIndex(
        "(dossier_id, cycle, step_id, occurrence) WHERE step_id IS NOT NULL",
        "This step was already done, or is to be done, in this cycle.",
    )
    _dossier_state_idx = models.Index("(dossier_id, state)")

    # === COMPUTE METHODS === #

    @api.depends("name", "step_id.name", "channel")
    @api.depends_context("lang")
    def _compute_title(self):
        for action in self:
            action.title = (
                action.name or action.step_id.name or action._get_channel_label()
            )

    @api.depends("title", "partner_id.display_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for action in self:
            action.display_name = f"{action.title} - {action.partner_id.display_name}"

    # === SELECTION METHODS === #

    @api.model
    def _selection_channel(self):
        """Return the channels of the steps, and those of what no step asks for."""
        steps = self.env["recouvrement.plan.step"]._fields["channel"]
        others = {
            "check": self.env._("Accounting check"),
            "promise": self.env._("Promise"),
            "courier": self.env._("Courier"),
            "payment": self.env._("Payment"),
            "note": self.env._("Note"),
        }
        return [*steps._description_selection(self.env), *others.items()]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        for action in actions.filtered(
            lambda action: action.state == "done" and not action.date_done
        ):
            action.date_done = self._get_moment()
            action.done_user_id = self.env.user
        return actions

    def write(self, vals):
        """Keep the evidence of what is done as it was written."""
        rewritten = not self.env.su and vals.keys() & EVIDENCE_FIELDS
        done = self.filtered(lambda action: rewritten and action.state == "done")
        if done:
            raise UserError(
                self.env._(
                    "%(action)s is done: its evidence can no longer be changed. Add a"
                    " note instead.",
                    action=done[0].display_name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        kept = self.filtered(lambda action: action.state not in ("proposed", "todo"))
        if kept:
            raise UserError(
                self.env._(
                    "%(action)s is in the journal for good: archive its dossier if you"
                    " no longer want to see it.",
                    action=kept[0].display_name,
                )
            )

    # === ACTION METHODS === #

    def action_execute(self):
        """Perform proposed actions as the plan says."""
        self._check_state("proposed")._execute_now()

    def action_retry(self):
        """Try failed actions again, with today's figures."""
        self._check_state("failed")._execute_now()

    def action_done(self):
        """Mark actions as done by hand, their activities with them."""
        todo = self._check_state("todo", "proposed")
        self._check_working_rights()
        todo._mark_done()

    def action_decide(self):
        """Ask what to do instead: postpone, skip, or another channel."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide on %s", self.title),
            "res_model": "recouvrement.action.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_action_id": self.id},
        }

    def action_view_dossier(self):
        """Open the dossier of the action."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.dossier",
            "res_id": self.dossier_id.id,
            "view_mode": "form",
        }

    def _execute_now(self):
        """Perform actions with today's claim; what nothing is owed for is withdrawn."""
        self._check_working_rights()
        # Evidence is written for whoever may work on the dossier.
        actions_sudo = self.sudo()
        actions_sudo.dossier_id._refresh()
        moot = actions_sudo.filtered(
            lambda action: not action.dossier_id.claimable_amount
        )
        for action in moot:
            action._withdraw(action.dossier_id._get_pause_reason())
        claimable = actions_sudo - moot
        claimable._reopen()
        claimable._perform()
        actions_sudo.dossier_id._refresh()
        claimable._send_queued()

    def _check_state(self, *states):
        """Return the actions in one of these states; refuse if there is none.

        :raise UserError: none of the actions is in such a state
        """
        matching = self.filtered(lambda action: action.state in states)
        if not matching:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(action)s is %(state)s: nothing is left to do about it.",
                    action=self[:1].display_name,
                    state=labels.get(self[:1].state, "").lower(),
                )
            )
        return matching

    def _check_working_rights(self):
        """Refuse whoever may not work on these actions, before anything is done.

        What follows runs with more rights, since it writes evidence.
        """
        self.check_access("write")
        self.dossier_id.check_access("write")

    # === BUSINESS METHODS === #

    def _localized(self):
        """Return this action in the language of the person who reads about it."""
        self.ensure_one()
        lang = (self.user_id or self.dossier_id.user_id).lang or self.env.lang
        return self if lang == self.env.lang else self.with_context(lang=lang)
