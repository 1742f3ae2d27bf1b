from odoo import Command, api, fields, models

SENT_CHANNELS = ("email", "sms", "letter", "registered_letter")
# What a call shows of the past: enough to speak, little enough to read.
SHOWN_COUNT = 4


class RecouvrementCall(models.TransientModel):
    """The call of one dossier, on one screen (`sources/1`, step 6).

    Here is what the officer sees; how each outcome leads on is in the files that extend
    this one. Nothing is written before an outcome is logged.
    """

    _name = "recouvrement.call"
    _description = "Call"

    dossier_id = fields.Many2one(
        comodel_name="recouvrement.dossier",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(related="dossier_id.partner_id")
    company_id = fields.Many2one(related="dossier_id.company_id")
    currency_id = fields.Many2one(related="dossier_id.currency_id")
    state = fields.Selection(
        selection=[("calling", "Calling"), ("logged", "Logged")],
        default="calling",
        required=True,
        readonly=True,
    )
    waiting_id = fields.Many2one(
        string="Call to Make",
        help="The action that this call does, as it waited when the call was opened.",
        comodel_name="recouvrement.action",
        readonly=True,
        ondelete="set null",
    )
    journal_id = fields.Many2one(
        string="Logged As",
        comodel_name="recouvrement.action",
        readonly=True,
        ondelete="set null",
    )
    last_action_number = fields.Integer(
        help="Last line of the journals when the call was opened: what is younger was"
        " logged meanwhile.",
        readonly=True,
    )
    summary = fields.Text(readonly=True)

    # === What the officer reads === #
    claimable_amount = fields.Monetary(related="dossier_id.claimable_amount")
    overdue_amount = fields.Monetary(related="dossier_id.overdue_amount")
    disputed_amount = fields.Monetary(related="dossier_id.disputed_amount")
    promised_amount = fields.Monetary(related="dossier_id.promised_amount")
    unallocated_credit = fields.Monetary(related="dossier_id.unallocated_credit")
    balance = fields.Monetary(related="dossier_id.balance")
    days_overdue = fields.Integer(related="dossier_id.days_overdue")
    promise_kept_rate = fields.Float(related="dossier_id.promise_kept_rate")
    payer_profile = fields.Selection(related="dossier_id.payer_profile")
    contact_verified_on = fields.Date(related="dossier_id.contact_verified_on")
    contact_verified_by_id = fields.Many2one(
        related="dossier_id.contact_verified_by_id"
    )
    contact_is_outdated = fields.Boolean(related="dossier_id.contact_is_outdated")
    instructions = fields.Html(related="waiting_id.step_id.instructions")
    attempt_count = fields.Integer(related="waiting_id.attempt_count")
    pause_reason = fields.Char(compute="_compute_pause_reason")
    contact_ids = fields.Many2many(
        string="Numbers", comodel_name="res.partner", compute="_compute_contact_ids"
    )
    sent_ids = fields.Many2many(
        string="What Was Sent",
        comodel_name="recouvrement.action",
        compute="_compute_history",
    )
    call_ids = fields.Many2many(
        string="Last Calls",
        comodel_name="recouvrement.action",
        compute="_compute_history",
    )
    commitment_ids = fields.Many2many(
        string="Promises Running",
        comodel_name="recouvrement.commitment",
        compute="_compute_history",
    )
    dispute_ids = fields.Many2many(
        string="Open Disputes",
        comodel_name="recouvrement.dispute",
        compute="_compute_history",
    )

    # === What the officer says === #
    answer_ids = fields.One2many(
        string="Promises Not Kept",
        comodel_name="recouvrement.call.answer",
        inverse_name="call_id",
    )
    line_ids = fields.One2many(
        string="Invoices Concerned",
        comodel_name="recouvrement.call.line",
        inverse_name="call_id",
    )
    select_all = fields.Boolean(string="All", default=True)
    selected_amount = fields.Monetary(
        string="Total Selected", compute="_compute_selected_amount"
    )
    outcome = fields.Selection(
        selection=[
            ("no_answer", "No answer"),
            ("call_back", "Call back later"),
            ("promise", "Promise to pay"),
            ("transfer", "Transfer announced"),
            ("cheque", "Cheque ready"),
            ("dispute", "Dispute"),
            ("refusal", "Refusal"),
            ("wrong_number", "Wrong number"),
        ],
    )
    note = fields.Text(help="What was said, by whom.")

    # === COMPUTE METHODS === #

    @api.depends("partner_id.display_name")
    def _compute_display_name(self):
        for call in self:
            call.display_name = self.env._("Call: %s", call.partner_id.display_name)

    @api.depends("dossier_id", "state")
    def _compute_pause_reason(self):
        for call in self:
            call.pause_reason = call.dossier_id._get_pause_reason()

    @api.depends("dossier_id", "state")
    def _compute_contact_ids(self):
        for call in self:
            call.contact_ids = call.dossier_id._get_call_contacts()

    @api.depends("dossier_id", "state")
    def _compute_history(self):
        for call in self:
            done = [("dossier_id", "=", call.dossier_id.id), ("state", "=", "done")]
            actions = self.env["recouvrement.action"]
            call.sent_ids = actions.search(
                [*done, ("channel", "in", SENT_CHANNELS)], limit=SHOWN_COUNT
            )
            call.call_ids = actions.search(
                [*done, ("channel", "=", "phone")], limit=SHOWN_COUNT
            )
            call.commitment_ids = call.dossier_id.commitment_ids.filtered(
                lambda promise: promise.state == "open"
            )
            call.dispute_ids = call.dossier_id.dispute_ids.filtered(
                lambda dispute: dispute.state == "open"
            )

    @api.depends("line_ids.amount", "line_ids.selected")
    def _compute_selected_amount(self):
        for call in self:
            selected = call.line_ids.filtered("selected")
            call.selected_amount = sum(selected.mapped("amount"))

    @api.onchange("select_all")
    def _onchange_select_all(self):
        self.line_ids.selected = self.select_all

    # === ACTION METHODS === #

    @api.model
    def _open(self, dossier):
        """Return the action that opens a new call of ``dossier``, whole page."""
        actions = self.env["recouvrement.action"]
        # The number of a line says nothing about it.
        last_sudo = actions.sudo().search([], order="id DESC", limit=1)
        call = self.create(
            {
                "dossier_id": dossier.id,
                "waiting_id": dossier._get_waiting_call().id,
                "last_action_number": last_sudo.id,
                "answer_ids": [
                    Command.create({"commitment_id": commitment.id})
                    for commitment in dossier.commitment_ids.filtered("is_answer_due")
                ],
                "line_ids": [
                    Command.create(values) for values in self._prepare_lines(dossier)
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": call.display_name,
            "res_model": self._name,
            "res_id": call.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_next(self):
        """Open the next call; this one is left as it is."""
        self.ensure_one()
        dossiers = self.env["recouvrement.dossier"]
        dossiers._refresh_stale()
        if dossier := dossiers._get_next_call(called=self.dossier_id):
            return dossier.action_call()
        return dossiers.action_next_call()

    def action_call_again(self):
        """Open the call of the same guarantor again, with what stands now."""
        self.ensure_one()
        return self.dossier_id.action_call()

    def action_view_dossier(self):
        """Open the dossier of this call."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.dossier",
            "res_id": self.dossier_id.id,
            "view_mode": "form",
        }

    def action_print_statement(self):
        """Open the statement of the overdue invoices, as the guarantor has it."""
        self.ensure_one()
        return self.dossier_id.action_print_statement_overdue()

    def action_confirm_contact(self):
        """Note that the contact data were confirmed during this call."""
        self.ensure_one()
        self.dossier_id.check_access("write")
        self.dossier_id.action_confirm_contact()

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_lines(self, dossier):
        """Return the open items of a call; all that is claimed is selected.

        What is disputed or promised already can be agreed on no more.
        """
        return [
            {
                "amount": available,
                "available_amount": available,
                "date_maturity": item["due_date"],
                "days_overdue": max(item["days_late"], 0),
                "move_line_id": item["line_id"],
                "name": item["name"],
                "residual_amount": item["residual"],
                "selected": item["days_late"] > 0 and not item["excluded"],
            }
            for item in dossier._fetch_statement_items("all")
            if (available := item["residual"] - item["disputed"] - item["promised"]) > 0
        ]
