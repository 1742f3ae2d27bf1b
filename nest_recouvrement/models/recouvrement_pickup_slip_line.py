from odoo import fields, models
from odoo.exceptions import ValidationError


class RecouvrementPickupSlipLine(models.Model):
    """A cheque on a hand-over slip, as it was handed over."""

    _name = "recouvrement.pickup.slip.line"
    _description = "Cheque Handed Over"
    _order = "id"

    slip_id = fields.Many2one(
        comodel_name="recouvrement.pickup.slip",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="slip_id.company_id")
    currency_id = fields.Many2one(related="slip_id.currency_id")
    pickup_id = fields.Many2one(
        string="Errand",
        comodel_name="recouvrement.pickup",
        required=True,
        ondelete="restrict",
        index=True,
    )
    partner_name = fields.Char(string="Guarantor")
    bank = fields.Char(string="Drawn On")
    cheque_number = fields.Char()
    cheque_date = fields.Date()
    amount = fields.Monetary()
    state = fields.Selection(
        selection=[
            ("pending", "To confirm"),
            ("received", "Received"),
            ("refused", "Not received"),
        ],
        default="pending",
        required=True,
    )
    reason = fields.Char(string="Why Not")

    def _receive(self, note=False):
        """Confirm that the accountant has these cheques."""
        for line in self:
            pickup = line.pickup_id
            line.state = "received"
            pickup.received_on = fields.Datetime.now()
            pickup._pass_on(
                "received", line.slip_id.user_id.name, self.env.user.name, note=note
            )
            pickup._log_journal(
                lambda errand: errand.env._(
                    "Cheque %(number)s received by the accountant",
                    number=errand.cheque_number,
                ),
                amounts=pickup._get_named_amounts(),
                note=note,
            )

    def _refuse(self, reason):
        """Give a cheque that is missing or wrong back to the courier.

        :raise ValidationError: without a reason
        """
        self.ensure_one()
        if not (reason or "").strip():
            raise ValidationError(
                self.env._(
                    "Write why cheque %(number)s is not received.",
                    number=self.cheque_number,
                )
            )
        pickup = self.pickup_id
        self.write({"state": "refused", "reason": reason.strip()})
        pickup.state = "collected"
        pickup._pass_on(
            "refused", self.env.user.name, self.slip_id.user_id.name, note=reason
        )
        pickup._log_journal(
            lambda errand: errand.env._(
                "Cheque %(number)s not received by the accountant",
                number=errand.cheque_number,
            ),
            amounts=pickup._get_named_amounts(),
            note=reason,
        )
        pickup._tell_of_refusal(reason)
