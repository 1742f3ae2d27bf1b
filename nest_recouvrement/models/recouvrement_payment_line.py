from odoo import api, fields, models


class RecouvrementPaymentLine(models.Model):
    """The part of a payment that is meant for one journal item.

    Amounts are in the currency of the payment: what of the money received goes to the
    invoice, whatever the currency of the invoice.
    """

    _name = "recouvrement.payment.line"
    _description = "Invoice Concerned by a Payment"
    _inherit = ["recouvrement.item.mixin"]
    _order = "date_maturity, id"
    _check_company_auto = True

    payment_id = fields.Many2one(
        comodel_name="account.payment",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="payment_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="payment_id.currency_id")
    move_line_id = fields.Many2one(
        string="Invoice Due",
        comodel_name="account.move.line",
        ondelete="set null",
        index="btree_not_null",
    )
    residual_amount = fields.Monetary(
        string="Still Owed", compute="_compute_residual_amount"
    )
    amount = fields.Monetary(string="Amount Paid", required=True)
    settled_amount = fields.Monetary(
        string="Settled",
        help="What of this payment is matched with the invoice.",
        compute="_compute_settled_amount",
    )

    _check_amount = models.Constraint(
        "CHECK (amount > 0)", "Enter a positive amount on each invoice."
    )
    _item_uniq = models.UniqueIndex(
        "(payment_id, move_line_id)", "An invoice stands once in a payment."
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "move_line_id.amount_residual_currency",
        "payment_id.currency_id",
        "payment_id.date",
    )
    def _compute_residual_amount(self):
        for line in self:
            line.residual_amount = line.payment_id._get_residual(line.move_line_id)

    @api.depends(
        "move_line_id.matched_credit_ids.credit_amount_currency",
        "payment_id.move_id",
        "payment_id.recouvrement_statement_line_id",
    )
    def _compute_settled_amount(self):
        for line in self:
            moves = line.payment_id._get_settling_moves()
            line.settled_amount = sum(
                partial.credit_amount_currency
                for partial in line.move_line_id.matched_credit_ids
                if partial.credit_move_id.move_id in moves
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("amount", "move_line_id", "payment_id")
    def _check_named(self):
        """Check also what is written without going through the payment.

        A payment checks its lines once all of them are written.
        """
        if not self.env.context.get("recouvrement_lines_of_payment"):
            self.payment_id._check_recouvrement_lines()

    # === ONCHANGE METHODS === #

    @api.onchange("move_line_id")
    def _onchange_move_line_id(self):
        """Propose what is open on the invoice, within what remains to be named."""
        if not self.move_line_id or self.amount:
            return
        payment = self.payment_id
        left = payment.recouvrement_unnamed_amount
        self.amount = min(self.residual_amount, left) if left > 0 else 0.0

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        """Keep what says which invoices the money was matched with."""
        for line in self:
            if line.payment_id.state in ("in_process", "paid") and line.settled_amount:
                line._refuse_to_forget()

    def write(self, vals):
        """Keep the invoice and the amount of what is settled."""
        if vals.keys() & {"amount", "move_line_id", "payment_id"}:
            for line in self:
                if line.settled_amount and not self.env.su:
                    line._refuse_to_forget()
        return super().write(vals)

    def _refuse_to_forget(self):
        raise self.payment_id._named_error(
            self.env._(
                "%(invoice)s is settled by this payment: undo the matching first.",
                invoice=self.name,
            )
        )

    def _describe_not_open(self, residual):
        """Say what is wrong with the amount on an invoice, and what remains open."""
        self.ensure_one()
        payment = self.payment_id
        if payment._compare(residual, 0) <= 0:
            return self.env._(
                "%(invoice)s was paid meanwhile: nothing is open on it any more. Name"
                " other invoices, or say why none is named.",
                invoice=self.name,
            )
        return self.env._(
            "%(invoice)s has only %(residual)s open, less than the %(amount)s named:"
            " lower the amount on this invoice.",
            invoice=self.name,
            residual=payment._format(residual),
            amount=payment._format(self.amount),
        )
