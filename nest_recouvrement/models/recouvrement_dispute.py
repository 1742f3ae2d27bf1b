from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementDispute(models.Model):
    """Invoices that a guarantor contests, whole or in part, and why.

    As long as it is open, the contested amounts are not claimed; the rest is.
    """

    _name = "recouvrement.dispute"
    _description = "Dispute"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Reason", required=True, tracking=True)
    dossier_id = fields.Many2one(
        comodel_name="recouvrement.dossier",
        required=True,
        ondelete="restrict",
        index=True,
    )
    partner_id = fields.Many2one(related="dossier_id.partner_id", store=True)
    company_id = fields.Many2one(
        related="dossier_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Since",
        default=lambda self: self.env.company._recouvrement_today(),
        required=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        string="Handled By",
        comodel_name="res.users",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    state = fields.Selection(
        selection=[("open", "Open"), ("resolved", "Resolved")],
        default="open",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        copy=False,
    )
    resolution = fields.Text(tracking=True, copy=False)
    date_resolved = fields.Date(readonly=True, copy=False)
    line_ids = fields.One2many(
        string="Invoices",
        comodel_name="recouvrement.dispute.line",
        inverse_name="dispute_id",
        copy=True,
    )
    amount = fields.Monetary(string="Contested", compute="_compute_amount", store=True)

    @api.depends("dossier_id")
    def _compute_user_id(self):
        for dispute in self:
            dispute.user_id = dispute.user_id or dispute.dossier_id.user_id

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for dispute in self:
            dispute.amount = sum(dispute.line_ids.mapped("amount"))

    @api.constrains("line_ids", "dossier_id")
    def _check_lines(self):
        for dispute in self:
            if not dispute.line_ids:
                raise ValidationError(
                    self.env._("Name the invoices that the guarantor contests.")
                )
            dispute.dossier_id._check_own_items(dispute.line_ids.move_line_id)
            for line in dispute.line_ids.filtered("move_line_id"):
                residual = line.move_line_id.amount_residual
                if dispute.state == "open" and line.amount > residual:
                    raise ValidationError(
                        self.env._(
                            "%(invoice)s has only %(residual)s open: contest at most"
                            " this amount.",
                            invoice=line.name,
                            residual=dispute.currency_id.format(residual),
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        disputes.dossier_id._refresh()
        return disputes

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"state", "line_ids"}:
            self.dossier_id._refresh()
        return result

    def unlink(self):
        dossiers = self.dossier_id
        result = super().unlink()
        dossiers._refresh()
        return result

    def action_resolve(self):
        """Close the dispute: its invoices are claimed again.

        :raise ValidationError: without a word on how it ended
        """
        for dispute in self.filtered(lambda dispute: dispute.state == "open"):
            if not (dispute.resolution or "").strip():
                raise ValidationError(
                    self.env._("Write how the dispute ended before you close it.")
                )
        self.write(
            {
                "state": "resolved",
                "date_resolved": self.env.company._recouvrement_today(),
            }
        )

    def action_reopen(self):
        """Contest the invoices again."""
        self.write({"state": "open", "date_resolved": False})
