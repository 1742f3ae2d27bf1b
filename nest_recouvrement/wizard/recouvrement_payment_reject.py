from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class RecouvrementPaymentReject(models.TransientModel):
    """Asks when and why the bank returned a cheque unpaid."""

    _name = "recouvrement.payment.reject"
    _description = "Rejected by the Bank"

    payment_id = fields.Many2one(comodel_name="account.payment", readonly=True)
    pickup_id = fields.Many2one(
        string="Errand", comodel_name="recouvrement.pickup", readonly=True
    )
    date = fields.Date(
        string="Rejected On",
        required=True,
        default=lambda self: self.env.company._recouvrement_today(),
    )
    reason = fields.Char(required=True)
    fees = fields.Char(
        string="Bank Fees", help="Kept in the journal; book the bank's charge apart."
    )

    @api.constrains("date")
    def _check_date(self):
        for wizard in self:
            company = wizard.payment_id.company_id or wizard.pickup_id.company_id
            today = (company or self.env.company)._recouvrement_today()
            if wizard.date > today:
                raise ValidationError(
                    self.env._("A rejection happened today or earlier.")
                )
            if wizard.payment_id and wizard.date < wizard.payment_id.date:
                raise ValidationError(
                    self.env._(
                        "The payment is dated %(date)s: it was not rejected before.",
                        date=format_date(self.env, wizard.payment_id.date),
                    )
                )

    def action_confirm(self):
        """Reopen what the cheque had settled, and tell the officer."""
        self.ensure_one()
        self.env["account.payment"].check_access("create")
        if not self.reason.strip():
            raise ValidationError(self.env._("Write why the bank rejected it."))
        payment = self.payment_id
        if payment.state in ("in_process", "paid"):
            payment.check_access("write")
            payment._reject_unpaid(self.date, self.reason, self.fees)
        else:
            self._reject_without_payment()
        return {"type": "ir.actions.act_window_close"}

    def _reject_without_payment(self):
        """Reject a cheque whose payment was not posted yet: nothing to reverse.

        :raise ValidationError: there is no cheque, or it is not with the accountant
        """
        pickup = self.pickup_id
        if pickup.state != "handed_over":
            raise ValidationError(
                self.env._("Nothing was received: there is nothing to reject.")
            )
        if self.payment_id.state == "draft":
            self.payment_id.action_cancel()
        pickup._reopen_cheque()
        # The accountant, who only reads promises, says what the bank did.
        pickup.sudo().commitment_id._break_by_rejection()
        dossier = pickup.dossier_id
        local = self.with_context(lang=dossier.user_id.lang or self.env.lang)
        dossier._report_rejection(
            local.env._(
                "Rejected by the bank: %(amount)s",
                amount=pickup.currency_id.with_env(local.env).format(pickup.amount),
            ),
            "\n".join(filter(None, (pickup.name, self.reason, self.fees))),
        )
