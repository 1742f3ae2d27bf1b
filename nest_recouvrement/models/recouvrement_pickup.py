from odoo import api, fields, models
from odoo.exceptions import UserError

# What may follow what. A cheque that the accountant counts out goes back to the
# courier; one that the bank refuses may be presented again.
TRANSITIONS = {
    "to_collect": ("collected", "failed", "cancelled"),
    "collected": ("handed_over", "failed"),
    "handed_over": ("paid", "collected", "rejected"),
    "paid": ("handed_over", "rejected"),
    "rejected": ("handed_over", "paid"),
    "to_deliver": ("delivered", "failed", "cancelled"),
    "delivered": (),
    "failed": ("to_collect", "to_deliver", "cancelled"),
    "cancelled": (),
}
OPEN_STATES = ("to_collect", "to_deliver")
# The cheque exists, and is in the hands of the courier or of the accountant.
IN_HAND_STATES = ("collected", "handed_over")
# What nobody writes: it comes from what the courier and the accountant do.
PROTECTED_FIELDS = frozenset(
    (
        "amount",
        "bank",
        "cancel_reason",
        "cheque_amount",
        "cheque_date",
        "cheque_key",
        "cheque_number",
        "collected_on",
        "company_id",
        "custody_ids",
        "date_done",
        "difference_reason",
        "drawer",
        "expected_amount",
        "failure_reason_id",
        "holder_name",
        "name",
        "outcome_note",
        "partner_id",
        "payment_id",
        "photo",
        "postponed_count",
        "received_by",
        "received_on",
        "signature",
        "slip_line_ids",
        "state",
        "suspension_id",
    )
)
# What is settled once the errand is done.
PLANNING_FIELDS = frozenset(
    (
        "commitment_id",
        "contact_id",
        "date",
        "dossier_id",
        "kind",
        "user_id",
        "visit_id",
    )
)


class RecouvrementPickup(models.Model):
    """A courier's errand: collect a cheque on named invoices, or deliver a letter.

    A cheque goes from hand to hand: to collect, collected, handed over to the
    accountant, paid once the payment exists and is matched (design, section 5). Place,
    round, cheque, outcomes and the people told are in the files that extend this one.
    """

    _name = "recouvrement.pickup"
    _description = "Courier's Errand"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date, sequence, id"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    sequence = fields.Integer(
        help="Order of the stops of the day.",
        default=1000,
        aggregator="min",
        copy=False,
    )
    kind = fields.Selection(
        selection=[("collect", "Collect a cheque"), ("deliver", "Deliver a letter")],
        default="collect",
        required=True,
    )
    state = fields.Selection(
        selection=[
            ("to_collect", "To collect"),
            ("collected", "Collected"),
            ("handed_over", "Handed over"),
            ("paid", "Paid"),
            ("to_deliver", "To deliver"),
            ("delivered", "Delivered"),
            ("failed", "Failed"),
            ("rejected", "Rejected by the bank"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        precompute=True,
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        copy=False,
    )
    dossier_id = fields.Many2one(
        comodel_name="recouvrement.dossier",
        required=True,
        ondelete="restrict",
        index=True,
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )
    partner_id = fields.Many2one(
        string="Guarantor", related="dossier_id.partner_id", store=True
    )
    company_id = fields.Many2one(
        related="dossier_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        string="Courier",
        help="Empty: the courier of the district, or the default one of the company.",
        comodel_name="res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
    )
    commitment_id = fields.Many2one(
        string="Promise",
        comodel_name="recouvrement.commitment",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )

    # === When === #
    date = fields.Date(
        string="Day",
        default=lambda self: self.env.company._recouvrement_today(),
        required=True,
        index=True,
        tracking=True,
    )
    hour_from = fields.Float(string="From")
    hour_to = fields.Float(string="To")
    instructions = fields.Text()

    # === What for === #
    line_ids = fields.One2many(
        string="Invoices",
        comodel_name="recouvrement.pickup.line",
        inverse_name="pickup_id",
        copy=True,
    )
    amount = fields.Monetary(
        help="Named on the invoices: what is expected, then what the cheque pays.",
        compute="_compute_amount",
        store=True,
        tracking=True,
    )
    document_ids = fields.Many2many(
        string="Documents",
        help="Letters to print and to hand over.",
        comodel_name="ir.attachment",
        relation="recouvrement_pickup_document_rel",
        column1="pickup_id",
        column2="attachment_id",
        copy=False,
    )

    _in_hand_idx = models.Index(
        "(company_id) WHERE state IN ('collected', 'handed_over')"
    )
    _check_hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24"
        " AND (hour_to = 0 OR hour_from <= hour_to))",
        "The hours of an errand are between 0:00 and 24:00, the first before the last.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_state(self):
        """Start; what comes next is decided by what is done, never by the kind."""
        for pickup in self.filtered(
            lambda pickup: pickup.state in (False, *OPEN_STATES)
        ):
            pickup.state = "to_deliver" if pickup.kind == "deliver" else "to_collect"

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for pickup in self:
            pickup.amount = sum(pickup.line_ids.mapped("amount"))

    @api.depends("name", "partner_id.display_name")
    @api.depends_context("recouvrement_show_cheque")
    def _compute_display_name(self):
        """Show the number and the guarantor; among cheques, what tells them apart."""
        for pickup in self:
            parts = [pickup.name, pickup.partner_id.display_name]
            if self.env.context.get("recouvrement_show_cheque"):
                parts = [
                    pickup.partner_id.display_name,
                    pickup.currency_id.format(pickup.cheque_amount),
                    f"{pickup.bank} {pickup.cheque_number}",
                ]
            pickup.display_name = " - ".join(filter(None, parts))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Number the errands, and give those without a courier to somebody."""
        for vals in vals_list:
            self._check_written_by_hand(vals)
        pickups = super().create(vals_list)
        for company, created in pickups.grouped("company_id").items():
            for pickup in created.filtered(lambda pickup: pickup.name == "/"):
                # Plain write: the number is nobody's to choose.
                super(RecouvrementPickup, pickup).write(
                    {"name": company._recouvrement_next_number("recouvrement.pickup")}
                )
        pickups.filtered("user_id")._plan_activities()
        pickups._assign_courier()
        return pickups

    def write(self, vals):
        """Keep to the rule of the states, and to what each person may write."""
        self.check_access("write")
        self._check_written_by_hand(vals)
        if "state" in vals:
            self._check_transition(vals["state"])
            if vals["state"] == "paid":
                self._note_receipt_by_payment()
        result = super().write(vals)
        if vals.keys() & {"user_id", "date"}:
            # Another courier or another day: another round.
            self._leave_round()
            self._plan_activities()
        if vals.keys() & {"state", "line_ids"}:
            self._update_claims()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        kept = self.filtered(
            lambda pickup: pickup.state not in (*OPEN_STATES, "cancelled")
            or pickup.custody_ids
        )
        if kept:
            raise UserError(
                self.env._(
                    "%(errand)s is evidence of who had the cheque: it cannot be"
                    " deleted.",
                    errand=kept[0].display_name,
                )
            )
