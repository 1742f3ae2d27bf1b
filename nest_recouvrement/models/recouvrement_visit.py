from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.dates import day_in_timezone

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
    a report. Its life is in the file that extends this one.
    """

    _name = "recouvrement.visit"
    _description = "Visit to a Guarantor"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "start desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
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
    officer_id = fields.Many2one(
        string="Collection Officer", related="dossier_id.user_id"
    )
    action_id = fields.Many2one(
        string="Step",
        help="The step of the plan that asked for the visit.",
        comodel_name="recouvrement.action",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
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

    # === Planning === #
    start = fields.Datetime(string="When", tracking=True, copy=False)
    duration = fields.Float(string="Duration (Hours)", default=1.0)
    day = fields.Date(compute="_compute_day", store=True, index="btree_not_null")
    user_id = fields.Many2one(
        string="Visited By",
        comodel_name="res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        index=True,
        tracking=True,
    )
    participant_ids = fields.Many2many(
        string="Accompanied By",
        comodel_name="res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    contact_ids = fields.Many2many(
        string="To Meet",
        comodel_name="res.partner",
        relation="recouvrement_visit_contact_rel",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    location = fields.Char(
        string="Place",
        compute="_compute_location",
        store=True,
        readonly=False,
    )
    city = fields.Char(related="partner_id.city", store=True)
    map_url = fields.Char(string="Map", compute="_compute_map_url")
    objectives = fields.Text(
        help="What the visit is to bring: a payment, a date, a signed agreement."
    )
    event_id = fields.Many2one(
        string="Meeting",
        comodel_name="calendar.event",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    reminded_on = fields.Date(readonly=True, copy=False)

    # === Report === #
    held_on = fields.Date(copy=False)
    met = fields.Char(
        string="Who Was Met", help="Names and positions of those met.", copy=False
    )
    outcome = fields.Selection(
        selection=[
            ("paid", "Paid on the spot"),
            ("promise", "Promise to pay"),
            ("agreement", "Wants an instalment agreement"),
            ("dispute", "Dispute"),
            ("refusal", "Refusal"),
            ("absent", "Nobody to meet"),
        ],
        tracking=True,
        copy=False,
    )
    report = fields.Html(copy=False)
    document_ids = fields.Many2many(
        string="Photos and Documents",
        comodel_name="ir.attachment",
        relation="recouvrement_visit_document_rel",
        column1="visit_id",
        column2="attachment_id",
        copy=False,
    )
    signature = fields.Image(
        help="Of the person met.", max_width=1024, max_height=1024, copy=False
    )
    signed_by = fields.Char(copy=False)
    commitment_ids = fields.One2many(
        string="Promises",
        comodel_name="recouvrement.commitment",
        inverse_name="visit_id",
    )
    pickup_ids = fields.One2many(
        string="Cheques",
        comodel_name="recouvrement.pickup",
        inverse_name="visit_id",
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
    _check_duration = models.Constraint(
        "CHECK (duration > 0 AND duration <= 24)",
        "A visit lasts up to one day: enter its duration in hours.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "partner_id.display_name")
    def _compute_display_name(self):
        for visit in self:
            visit.display_name = f"{visit.name} - {visit.partner_id.display_name}"

    @api.depends("dossier_id")
    def _compute_claim(self):
        """Keep the figures of the day of the proposal."""
        for visit in self:
            visit.amount = visit.dossier_id.claimable_amount
            visit.overdue_amount = visit.dossier_id.overdue_amount
            visit.days_overdue = visit.dossier_id.days_overdue

    @api.depends("start", "company_id")
    def _compute_day(self):
        for visit in self:
            visit.day = visit.start and day_in_timezone(
                visit.start, visit.company_id._recouvrement_timezone()
            )

    @api.depends("company_id")
    def _compute_user_id(self):
        for visit in self.filtered(lambda record: not record.user_id):
            company = visit.company_id
            visit.user_id = (
                company._recouvrement_responsible("manager") if company else False
            )

    @api.depends("partner_id")
    def _compute_location(self):
        for visit in self:
            partner = visit.partner_id
            visit.location = ", ".join(
                filter(None, (partner.street, partner.street2, partner.city))
            )

    @api.depends(
        "location", "partner_id.partner_latitude", "partner_id.partner_longitude"
    )
    def _compute_map_url(self):
        for visit in self:
            visit.map_url = visit._get_map_url()

    def _get_map_url(self):
        """Return the address of a map, by coordinates if they are known."""
        self.ensure_one()
        partner = self.partner_id
        latitude, longitude = partner.partner_latitude, partner.partner_longitude
        if latitude or longitude:
            place = f"mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
            return f"https://www.openstreetmap.org/?{place}"
        if not self.location:
            return False
        words = ", ".join(filter(None, (self.location, partner.country_id.name)))
        return f"https://www.openstreetmap.org/search?{urlencode({'query': words})}"

    # === CONSTRAINT METHODS === #

    @api.constrains("participant_ids", "user_id", "company_id")
    def _check_visitors(self):
        for visit in self:
            strangers = (visit.user_id | visit.participant_ids).filtered(
                lambda user, visit=visit: visit.company_id not in user.company_ids
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(company)s.",
                        user=strangers[0].name,
                        company=visit.company_id.name,
                    )
                )

    @api.constrains("held_on")
    def _check_held_on(self):
        for visit in self.filtered("held_on"):
            if visit.held_on > visit.company_id._recouvrement_today():
                raise ValidationError(
                    self.env._("A visit is reported once it was held, not before.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Number the proposals; whoever makes one by hand decides nothing else."""
        for vals in vals_list:
            if not self.env.su and vals.get("state", "proposed") != "proposed":
                raise UserError(self.env._("A visit starts as a proposal."))
            self._check_written_fields(vals)
            if vals.get("name", "/") == "/":
                # Numbers are taken for whoever may propose a visit.
                vals["name"] = (
                    self.env["ir.sequence"].sudo().next_by_code(self._name) or "/"
                )
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
        result = super().write(vals)
        if vals.keys() & {"start", "duration", "location", "objectives"} | (
            vals.keys() & {"participant_ids", "user_id"}
        ):
            self._update_events()
        return result

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

    def _check_management(self):
        """Refuse whoever is not of management.

        :raise AccessError: for an officer, an accountant or a courier
        """
        if not self.env.su and not self.env.user.has_group(
            "nest_recouvrement.group_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only management decides on visits and schedules them: propose it,"
                    " and write its report once it is held."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        kept = self.filtered(lambda visit: visit.state != "proposed")
        if kept:
            raise UserError(
                self.env._(
                    "%(visit)s was decided on: cancel it instead of deleting it.",
                    visit=kept[0].name,
                )
            )
