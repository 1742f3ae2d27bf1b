from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementActionDecision(models.Model):
    """What a person decided on a step, and why: executed, replaced, postponed, skipped.

    Rows are only added. What is not done as planned, or late, is a deviation, which
    management reads in its weekly report (`sources/1`: large guarantors).
    """

    _name = "recouvrement.action.decision"
    _description = "Decision on a Step"
    _order = "decided_on desc, id desc"
    _check_company_auto = True

    action_id = fields.Many2one(
        comodel_name="recouvrement.action",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    dossier_id = fields.Many2one(
        related="action_id.dossier_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        string="Guarantor", related="action_id.partner_id", store=True
    )
    company_id = fields.Many2one(
        related="action_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    step_id = fields.Many2one(related="action_id.step_id", store=True, index=True)

    # === As it was that day === #
    user_id = fields.Many2one(
        string="Collection Officer",
        comodel_name="res.users",
        readonly=True,
        index="btree_not_null",
    )
    category_id = fields.Many2one(
        comodel_name="recouvrement.guarantor.category",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    amount = fields.Monetary(string="Claimed", readonly=True)
    planned_channel = fields.Selection(selection="_selection_channel", readonly=True)
    planned_date = fields.Date(string="Planned For", readonly=True)

    # === What was decided === #
    decision = fields.Selection(
        selection="_selection_decision", required=True, readonly=True, index=True
    )
    reason = fields.Char(readonly=True)
    channel = fields.Selection(
        string="Chosen Channel",
        help="The channel chosen instead of the planned one.",
        selection="_selection_channel",
        readonly=True,
    )
    date = fields.Date(
        string="Postponed To", help="The day chosen instead.", readonly=True
    )
    decided_by_id = fields.Many2one(
        string="Decided By", comodel_name="res.users", readonly=True
    )
    decided_on = fields.Datetime(required=True, readonly=True)
    days_late = fields.Integer(
        help="Days between the deadline and the decision.",
        readonly=True,
        aggregator="avg",
    )
    is_deviation = fields.Boolean(
        help="Not done as planned, or decided after the deadline.",
        compute="_compute_is_deviation",
        store=True,
        precompute=True,
    )
    report_id = fields.Many2one(
        comodel_name="recouvrement.deviation.report",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    _unreported_idx = models.Index(
        "(company_id) WHERE is_deviation AND report_id IS NULL"
    )

    @api.depends("step_id.name", "partner_id.display_name", "decision")
    def _compute_display_name(self):
        labels = dict(self._selection_decision())
        for decision in self:
            decision.display_name = (
                f"{labels.get(decision.decision)}: {decision.action_id.display_name}"
            )

    @api.depends("decision", "days_late")
    def _compute_is_deviation(self):
        for decision in self:
            decision.is_deviation = (
                decision.decision != "execute" or decision.days_late > 0
            )

    @api.model
    def _selection_channel(self):
        return self.env["recouvrement.action"]._selection_channel()

    @api.model
    def _selection_decision(self):
        """Return the decisions, as they are told afterwards."""
        return [
            ("execute", self.env._("Executed")),
            ("replace", self.env._("Replaced")),
            ("postpone", self.env._("Deferred")),
            ("skip", self.env._("Skipped")),
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        raise UserError(
            self.env._("A decision is evidence: it stays in the journal for good.")
        )

    def action_view_dossier(self):
        """Open the dossier that the decision is about."""
        return self.action_id.action_view_dossier()
