from odoo import api, fields, models
from odoo.exceptions import UserError

# Errands whose cheque is with the accountant, or was.
PAYABLE_STATES = ("handed_over", "paid", "rejected")


class RecouvrementPickup(models.Model):
    """A cheque handed over becomes a payment on the invoices that it names.

    It is paid once this payment is matched, rejected if the bank returns it (design,
    section 5).
    """

    _inherit = "recouvrement.pickup"

    payment_ids = fields.One2many(
        string="Registered Payments",
        comodel_name="account.payment",
        inverse_name="recouvrement_pickup_id",
    )
    payment_id = fields.Many2one(
        string="Payment",
        comodel_name="account.payment",
        compute="_compute_payment_id",
        store=True,
        index="btree_not_null",
    )

    @api.depends("payment_ids.state")
    def _compute_payment_id(self):
        """Keep the last payment registered; a cancelled one makes room for another."""
        for pickup in self:
            pickup.payment_id = pickup.payment_ids.filtered(
                lambda payment: payment.state != "canceled"
            ).sorted("id")[-1:]

    # === ACTION METHODS === #

    def action_register_payment(self):
        """Open the payment of a cheque handed over, prefilled with what it names.

        :raise UserError: the cheque is not with the accountant
        """
        self.ensure_one()
        payments = self.env["account.payment"]
        payments.check_access("create")
        if self.payment_id.state in ("draft", "in_process", "paid"):
            return self.payment_id._open_form()
        if self.state != "handed_over" or self.kind != "collect":
            raise UserError(
                self.env._(
                    "%(errand)s: a payment is registered once the cheque is handed"
                    " over.",
                    errand=self.display_name,
                )
            )
        self._check_received()
        return payments._open_prefilled(
            self._prepare_payment_values(),
            {line.move_line_id: line.amount for line in self.line_ids},
        )

    def action_reject_cheque(self):
        """Ask when and why the bank returned the cheque unpaid."""
        self.ensure_one()
        self.env["account.payment"].check_access("create")
        if self.state not in ("handed_over", "paid") or self.kind != "collect":
            raise UserError(
                self.env._(
                    "%(errand)s: only a cheque handed over, or paid, is rejected.",
                    errand=self.display_name,
                )
            )
        self._check_received()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cheque Rejected by the Bank"),
            "res_model": "recouvrement.payment.reject",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_pickup_id": self.id,
                "default_payment_id": self.payment_id.id,
            },
        }

    # === BUSINESS METHODS === #

    def _check_received(self):
        """Refuse to book a cheque that the accountant does not have in hand yet.

        :raise UserError: naming the errand
        """
        for pickup in self:
            if pickup.state == "handed_over" and not pickup.received_on:
                raise UserError(
                    self.env._(
                        "%(errand)s: confirm first that you received this cheque from"
                        " the courier.",
                        errand=pickup.display_name,
                    )
                )

    def _prepare_payment_values(self):
        """Return the values of the payment of this cheque, without its invoices."""
        self.ensure_one()
        today = self.company_id._recouvrement_today()
        cheque = self._get_cheque_data()
        reference = " ".join(
            str(part) for part in (cheque.get("bank"), cheque.get("number")) if part
        )
        return {
            "amount": cheque.get("amount") or self.amount,
            "company_id": self.company_id.id,
            # A post-dated cheque is no money before its date.
            "date": max(today, cheque.get("date") or today),
            "means": "cheque",
            "memo": self.env._("Cheque %s", reference) if reference else self.name,
            "partner_id": self.partner_id.id,
            "payment_reference": cheque.get("number") or False,
            "recouvrement_commitment_id": self.commitment_id.id,
            "recouvrement_pickup_id": self.id,
        }

    def _get_cheque_data(self):
        """Return what the courier noted of the cheque.

        :return: dict of ``number``, ``bank``, ``amount`` and ``date``, as far as known
        """
        self.ensure_one()
        return {
            "amount": self.cheque_amount,
            "bank": self.bank,
            "date": self.cheque_date,
            "number": self.cheque_number,
        }

    def _on_payments_matched(self):
        """Mark errands as paid whose payment is matched, or no longer."""
        for pickup in self.filtered(lambda pickup: pickup.state in PAYABLE_STATES):
            payment = pickup.payment_id
            if payment.state == "rejected" or pickup.state == "rejected":
                continue
            pickup.state = "paid" if payment._is_matched_with_items() else "handed_over"

    def _reopen_cheque(self):
        """Mark cheques as returned unpaid by the bank."""
        # The accountant, who only reads errands, says what the bank did.
        self.sudo().state = "rejected"
