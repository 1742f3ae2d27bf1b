from odoo import api, fields, models


class RecouvrementPickupCollect(models.TransientModel):
    """What the courier reads off a cheque, in front of whoever gives it."""

    _name = "recouvrement.pickup.collect"
    _inherit = ["recouvrement.pickup.form"]
    _description = "Collect a Cheque"

    expected_amount = fields.Monetary(
        string="Expected", related="pickup_id.amount", related_sudo=False
    )
    invoice_summary = fields.Text(
        string="Invoices", related="pickup_id.invoice_summary", related_sudo=False
    )
    cheque_number = fields.Char(required=True)
    bank = fields.Char(
        string="Drawn On",
        help="Suggested from the last cheque of this guarantor.",
        required=True,
    )
    cheque_amount = fields.Monetary(string="Amount of the Cheque", required=True)
    cheque_date = fields.Date(
        string="Date of the Cheque",
        default=lambda self: self.env.company._recouvrement_today(),
        required=True,
    )
    drawer = fields.Char(
        string="Signed By",
        help="Only if it is not the guarantor.",
    )
    photo = fields.Image(string="Photo of the Cheque", max_width=1920, max_height=1920)
    difference_reason = fields.Char(string="Why Another Amount?")
    is_different = fields.Boolean(compute="_compute_warnings")
    is_postdated = fields.Boolean(compute="_compute_warnings")
    is_photo_required = fields.Boolean(compute="_compute_is_photo_required")

    @api.model
    def default_get(self, fields_list):
        """Suggest the amount that is expected, and the bank of the last cheque."""
        values = super().default_get(fields_list)
        pickup = self.env["recouvrement.pickup"].browse(values.get("pickup_id"))
        if pickup:
            pickup.check_access("read")
            values["cheque_amount"] = pickup.amount
            # The last cheque may have been another courier's: its bank is no secret.
            last_sudo = pickup.sudo().search(
                [("partner_id", "=", pickup.partner_id.id), ("bank", "!=", False)],
                order="collected_on DESC",
                limit=1,
            )
            values["bank"] = last_sudo.bank
        return values

    @api.depends("cheque_amount", "cheque_date", "expected_amount")
    def _compute_warnings(self):
        for wizard in self:
            company = wizard.pickup_id.company_id or self.env.company
            currency = company.currency_id
            wizard.is_different = bool(
                currency.compare_amounts(wizard.cheque_amount, wizard.expected_amount)
            )
            wizard.is_postdated = bool(
                wizard.cheque_date
                and wizard.cheque_date > company._recouvrement_today()
            )

    @api.depends("pickup_id")
    def _compute_is_photo_required(self):
        for wizard in self:
            company = wizard.pickup_id.company_id or self.env.company
            # A setting of the company, which couriers need not read.
            wizard.is_photo_required = company.sudo().recouvrement_cheque_photo

    def action_confirm(self):
        """Note the cheque."""
        self.ensure_one()
        self.pickup_id._collect(
            self.cheque_number,
            self.bank,
            self.cheque_amount,
            self.cheque_date,
            drawer=self.drawer,
            photo=self.photo,
            difference_reason=self.is_different and self.difference_reason,
        )
        return {"type": "ir.actions.act_window_close"}
