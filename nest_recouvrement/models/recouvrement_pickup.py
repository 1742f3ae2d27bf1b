from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementPickup(models.Model):
    """A courier's errand: collect a cheque on named invoices, or deliver a letter.

    A cheque goes from hand to hand: to collect, collected, handed over to the
    accountant, paid once the payment exists and is matched (design, section 5).
    """

    _name = "recouvrement.pickup"
    _description = "Courier's Errand"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date, sequence, id"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    sequence = fields.Integer(help="Order of the stops of the day.", default=10)
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
    )
    partner_id = fields.Many2one(
        string="Guarantor", related="dossier_id.partner_id", store=True
    )
    company_id = fields.Many2one(
        related="dossier_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        string="Courier", comodel_name="res.users", index=True, tracking=True
    )
    commitment_id = fields.Many2one(
        string="Promise",
        comodel_name="recouvrement.commitment",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )

    # === Where and when === #
    date = fields.Date(
        string="Day",
        default=lambda self: self.env.company._recouvrement_today(),
        required=True,
        index=True,
        tracking=True,
    )
    hour_from = fields.Float(string="From")
    hour_to = fields.Float(string="To")
    contact_id = fields.Many2one(
        string="Place",
        help="Whom to ask for, and at which address.",
        comodel_name="res.partner",
    )
    instructions = fields.Text()

    # === What for === #
    line_ids = fields.One2many(
        string="Invoices",
        comodel_name="recouvrement.pickup.line",
        inverse_name="pickup_id",
        copy=True,
    )
    amount = fields.Monetary(
        string="Expected", compute="_compute_amount", store=True, tracking=True
    )

    @api.depends("kind")
    def _compute_state(self):
        for pickup in self.filtered(lambda pickup: not pickup.state):
            pickup.state = "to_deliver" if pickup.kind == "deliver" else "to_collect"

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for pickup in self:
            pickup.amount = sum(pickup.line_ids.mapped("amount"))

    @api.constrains("kind", "line_ids", "dossier_id")
    def _check_lines(self):
        for pickup in self.filtered(lambda pickup: pickup.kind == "collect"):
            if not pickup.line_ids:
                raise ValidationError(
                    self.env._(
                        "Name the invoices that the cheque is for, and the amount on"
                        " each."
                    )
                )
            if pickup.state == "to_collect":
                pickup.dossier_id._check_own_items(pickup.line_ids.move_line_id)
