from odoo import api, fields, models
from odoo.exceptions import UserError

OPEN_STATES = ("proposed", "approved", "scheduled")
# What only the steps of a visit's life write.
LIFE_FIELDS = frozenset(
    (
        "action_id",
        "aftermath",
        "decided_on",
        "decided_user_id",
        "decision_reason",
        "event_id",
        "payment_deadline",
        "state",
    )
)
# When and by whom a visit is made: management's decision.
PLANNING_FIELDS = frozenset(("duration", "participant_ids", "start", "user_id"))
# What a report says, once it was handed in.
REPORT_FIELDS = frozenset(
    ("document_ids", "held_on", "met", "outcome", "report", "signature", "signed_by")
)


class RecouvrementVisit(models.Model):
    """A visit to a guarantor whom reminders did not move (`sources/1`, step 7).

    Proposed by the plan or an officer, decided and scheduled by management, held with
    a report. Its life, planning and report are in the files that extend this one.
    """

    _name = "recouvrement.visit"
    _description = "Visit to a Guarantor"
    _inherit = ["recouvrement.decision.mixin"]
    _order = "start desc, id desc"

    name = fields.Char(string="Number")
    state = fields.Selection(
        selection=[
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("scheduled", "Scheduled"),
            ("held", "Held"),
            ("declined", "Declined"),
            ("cancelled", "Cancelled"),
        ],
        default="proposed",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        copy=False,
        group_expand=True,
    )

    # === Why: as it was proposed === #
    reason = fields.Text(string="Why Now", required=True)
    date_proposed = fields.Date(
        string="Proposed On",
        default=lambda self: self.env.company._recouvrement_today(),
        required=True,
        readonly=True,
    )
    amount = fields.Monetary(
        string="Claimable Then",
        compute="_compute_claim",
        store=True,
        precompute=True,
    )
    overdue_amount = fields.Monetary(
        string="Overdue Then", compute="_compute_claim", store=True, precompute=True
    )
    days_overdue = fields.Integer(
        string="Days Late Then",
        compute="_compute_claim",
        store=True,
        precompute=True,
        aggregator="max",
    )
    claimable_amount = fields.Monetary(
        string="Claimable Now", related="dossier_id.claimable_amount"
    )

    # === Decision === #
    decided_user_id = fields.Many2one(
        string="Decided By", comodel_name="res.users", readonly=True, copy=False
    )
    decided_on = fields.Datetime(readonly=True, copy=False)
    decision_reason = fields.Char(
        string="Reason", help="Why it was declined or cancelled.", readonly=True
    )

    user_id = fields.Many2one(
        string="Visited By",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
    )

    # === What followed === #
    payment_deadline = fields.Date(
        string="Payment Expected By",
        help="Without a payment by this day, the suspension notice is prepared.",
        readonly=True,
        copy=False,
    )
    aftermath = fields.Selection(
        string="What Followed",
        selection=[
            ("waiting", "Payment expected"),
            ("paid", "Settled"),
            ("partly_paid", "Partly paid: to decide"),
            ("suspension", "Suspension notice"),
        ],
        readonly=True,
        index="btree_not_null",
        copy=False,
    )
    suspension_ids = fields.One2many(
        string="Suspensions",
        comodel_name="recouvrement.suspension",
        inverse_name="visit_id",
    )

    # One visit at a time for a step of the plan.
    _action_uniq = models.UniqueIndex(
        "(action_id) WHERE state IN ('proposed', 'approved', 'scheduled')",
        "This step already has a visit that is not held yet.",
    )

    # === COMPUTE METHODS === #

    @api.depends("dossier_id")
    def _compute_claim(self):
        """Keep the figures of the day of the proposal."""
        for visit in self:
            visit.amount = visit.dossier_id.claimable_amount
            visit.overdue_amount = visit.dossier_id.overdue_amount
            visit.days_overdue = visit.dossier_id.days_overdue

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Ask about the proposals; whoever makes one by hand decides nothing else."""
        for vals in vals_list:
            if not self.env.su and vals.get("state", "proposed") != "proposed":
                raise UserError(self.env._("A visit starts as a proposal."))
            self._check_written_fields(vals)
        visits = super().create(vals_list)
        # A step of the plan asks for its visit by itself.
        visits.filtered(lambda visit: not visit.action_id)._ask_management()
        return visits

    def write(self, vals):
        """Keep decisions to management, and reports as they were handed in."""
        self._check_written_fields(vals)
        rewritten = not self.env.su and (REPORT_FIELDS | {"reason"}) & vals.keys()
        held = self.filtered(lambda visit: rewritten and visit.state == "held")
        if held:
            raise UserError(
                self.env._(
                    "The report of %(visit)s was handed in: add a note below instead"
                    " of changing it.",
                    visit=held[0].name,
                )
            )
        return super().write(vals)

    def _check_written_fields(self, vals):
        """Refuse what is not to be written by hand, or not by this user.

        :raise UserError: for what the buttons decide
        :raise AccessError: for planning, by others than management
        """
        if self.env.su:
            return
        if LIFE_FIELDS & vals.keys() - {"state"} or (self and "state" in vals):
            raise UserError(
                self.env._("Use the buttons of the visit to decide on it, or hold it.")
            )
        if self and PLANNING_FIELDS & vals.keys():
            self._check_management()

    def _get_management_message(self):
        return self.env._(
            "Only management decides on visits and schedules them: propose it, and"
            " write its report once it is held."
        )

    def _get_kept_message(self):
        return self.env._(
            "%(visit)s was decided on: cancel it instead of deleting it.",
            visit=self.name,
        )
