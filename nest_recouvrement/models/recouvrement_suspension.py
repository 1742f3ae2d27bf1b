from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

OPEN_STATES = ("draft", "approved", "notified", "in_force")
# What only the steps of a suspension's life write.
LIFE_FIELDS = frozenset(
    (
        "approved_on",
        "approved_user_id",
        "bounce_reason",
        "bounced_on",
        "credit_amount",
        "date_effective",
        "date_lifted",
        "date_notified",
        "delivered_on",
        "emailed_on",
        "in_force_since",
        "lift_reason",
        "line_ids",
        "notice_message_id",
        "received_by",
        "recipients",
        "registered_number",
        "registered_on",
        "state",
        "visit_id",
    )
)


class RecouvrementSuspension(models.Model):
    """Services to a guarantor suspended for want of payment (`sources/1`, step 8).

    Drafted after a visit without effect, approved by management, notified with a
    deadline, in force at its date, lifted by payment or by decision. The letters and
    the life are in the files that extend this one.
    """

    _name = "recouvrement.suspension"
    _description = "Suspension of Services"
    _inherit = ["recouvrement.decision.mixin"]
    _order = "id desc"

    user_id = fields.Many2one(
        string="Manager",
        help="Decides on the suspension, and is told what happens to it.",
    )
    visit_id = fields.Many2one(
        comodel_name="recouvrement.visit",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("approved", "Approved"),
            ("notified", "Notified"),
            ("in_force", "In force"),
            ("lifted", "Lifted"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        copy=False,
        group_expand=True,
    )
    grounds = fields.Text(
        help="Added to the notice after the facts that it states by itself.",
    )

    # === What is claimed === #
    line_ids = fields.One2many(
        string="Invoices",
        comodel_name="recouvrement.suspension.line",
        inverse_name="suspension_id",
        readonly=True,
    )
    items_amount = fields.Monetary(
        string="Invoices Claimed", compute="_compute_amount", store=True
    )
    credit_amount = fields.Monetary(
        string="To Deduct",
        help="Payments and credit notes that were not matched that day.",
        readonly=True,
    )
    amount = fields.Monetary(
        string="Claimed", compute="_compute_amount", store=True, tracking=True
    )
    remaining_amount = fields.Monetary(
        string="Still Owed",
        help="Of what was claimed: what is neither paid, credited nor disputed now.",
        compute="_compute_remaining_amount",
    )
    paid_amount = fields.Monetary(
        string="Settled Since", compute="_compute_remaining_amount"
    )

    # === Dates and proof === #
    date_draft = fields.Date(
        string="Drafted On",
        default=lambda self: self.env.company._recouvrement_today(),
        required=True,
        readonly=True,
    )
    approved_on = fields.Datetime(readonly=True, copy=False)
    approved_user_id = fields.Many2one(
        string="Approved By", comodel_name="res.users", readonly=True, copy=False
    )
    date_notified = fields.Date(string="Notice Of", readonly=True, copy=False)
    date_effective = fields.Date(
        string="Takes Effect On", tracking=True, copy=False, readonly=True
    )
    in_force_since = fields.Date(readonly=True, copy=False)
    date_lifted = fields.Date(string="Ended On", readonly=True, copy=False)
    lift_reason = fields.Char(string="Reason", tracking=True, readonly=True, copy=False)
    postponed_count = fields.Integer(string="Postponed", readonly=True, copy=False)
    emailed_on = fields.Datetime(string="E-mailed On", readonly=True, copy=False)
    recipients = fields.Char(string="E-mailed To", readonly=True, copy=False)
    pickup_ids = fields.One2many(
        string="Deliveries",
        comodel_name="recouvrement.pickup",
        inverse_name="suspension_id",
    )
    registered_number = fields.Char(
        string="Registered Letter No.", readonly=True, copy=False, tracking=True
    )
    registered_on = fields.Date(string="Posted On", readonly=True, copy=False)
    delivered_on = fields.Date(
        string="Received On", readonly=True, copy=False, tracking=True
    )
    received_by = fields.Char(readonly=True, copy=False, tracking=True)
    document_ids = fields.Many2many(
        string="Letters and Proof",
        comodel_name="ir.attachment",
        relation="recouvrement_suspension_document_rel",
        column1="suspension_id",
        column2="attachment_id",
        readonly=True,
        copy=False,
    )
    # Told once: what is asked of management at each turn.
    lift_proposed_on = fields.Date(readonly=True, copy=False)
    unserved_on = fields.Date(readonly=True, copy=False)

    _visit_uniq = models.UniqueIndex(
        "(visit_id) WHERE visit_id IS NOT NULL",
        "A suspension was already prepared after this visit.",
    )
    _open_uniq = models.UniqueIndex(
        "(dossier_id) WHERE state IN ('draft', 'approved', 'notified', 'in_force')",
        "This guarantor has a suspension already: decide on that one.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.amount", "credit_amount")
    def _compute_amount(self):
        for suspension in self:
            items_amount = sum(suspension.line_ids.mapped("amount"))
            suspension.items_amount = items_amount
            suspension.amount = max(items_amount - suspension.credit_amount, 0.0)

    @api.depends(
        "amount",
        "dossier_id.unallocated_credit",
        "line_ids.amount",
        "line_ids.move_line_id.amount_residual",
        "line_ids.move_line_id.parent_state",
    )
    def _compute_remaining_amount(self):
        """Look at the claimed items as they are now, not at the whole balance.

        Money received that is not matched yet counts: nobody who paid is suspended.
        """
        disputed = self._get_disputed_amounts()
        for suspension in self:
            remaining = sum(
                line._get_remaining(disputed.get(line.move_line_id.id, 0.0))
                for line in suspension.line_ids
            )
            remaining -= suspension.dossier_id.unallocated_credit
            remaining = max(suspension.currency_id.round(remaining), 0.0)
            suspension.remaining_amount = min(remaining, suspension.amount)
            suspension.paid_amount = suspension.amount - suspension.remaining_amount

    def _get_disputed_amounts(self):
        """Return what is under an open dispute, by journal item.

        :rtype: dict[int, float]
        """
        # Whoever sees the suspension sees what is still owed of it.
        lines_sudo = self.env["recouvrement.dispute.line"].sudo()
        rows = lines_sudo._read_group(
            [
                ("dispute_id.state", "=", "open"),
                ("move_line_id", "in", self.line_ids.move_line_id.ids),
            ],
            ["move_line_id"],
            ["amount:sum"],
        )
        return {item.id: amount for item, amount in rows}

    def _is_settled(self):
        """Return whether nothing is owed any more of what was claimed.

        :rtype: bool
        """
        self.ensure_one()
        return self.currency_id.is_zero(self.remaining_amount)

    # === CONSTRAINT METHODS === #

    @api.constrains("line_ids", "dossier_id")
    def _check_lines(self):
        for suspension in self.filtered(lambda record: record.state == "draft"):
            if not suspension.line_ids:
                raise ValidationError(
                    self.env._(
                        "Nothing is to be claimed from %(guarantor)s: no suspension can"
                        " be prepared.",
                        guarantor=suspension.partner_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse proof by hand; the ledger says what suspensions claim."""
        if not self.env.su:
            self._check_management()
            for vals in vals_list:
                if LIFE_FIELDS & vals.keys() - {"line_ids"}:
                    raise UserError(
                        self.env._("A suspension starts as a draft: it has no proof.")
                    )
        dossiers = self.env["recouvrement.dossier"].browse(
            {vals["dossier_id"] for vals in vals_list if vals.get("dossier_id")}
        )
        claims = dossiers._get_suspension_values()
        for vals in vals_list:
            vals.update(claims.get(vals.get("dossier_id"), {}))
        return super().create(vals_list)

    def write(self, vals):
        """Keep proof and decisions to the buttons that record them."""
        if not self.env.su and LIFE_FIELDS & vals.keys():
            raise UserError(
                self.env._(
                    "Use the buttons of the suspension to decide on it: they keep the"
                    " proof."
                )
            )
        return super().write(vals)

    # === BUSINESS METHODS - WORDS === #

    def _get_management_message(self):
        return self.env._(
            "Only management approves, notifies and lifts suspensions: ask %s.",
            self[:1].user_id.sudo().name or self.env._("the collection manager"),
        )

    def _get_kept_message(self):
        return self.env._(
            "%(suspension)s is evidence: cancel it or lift it instead of deleting it.",
            suspension=self.name,
        )
