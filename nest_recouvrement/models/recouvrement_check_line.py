from odoo import fields, models
from odoo.tools import format_date


class RecouvrementCheckLine(models.Model):
    """A receipt that may settle what a guarantor owes, as it stood that day."""

    _name = "recouvrement.check.line"
    _description = "Receipt to Check"
    _order = "date, id"
    _rec_name = "name"
    _log_access = False

    check_id = fields.Many2one(
        comodel_name="recouvrement.check",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="check_id.company_id")
    currency_id = fields.Many2one(related="check_id.currency_id")
    kind = fields.Selection(
        selection=[
            ("payment", "Payment not matched"),
            ("credit_note", "Credit note not matched"),
            ("bank", "Bank receipt not matched"),
            ("entry", "Entry not matched"),
            ("draft_payment", "Payment not posted"),
            ("bank_line", "Bank line not booked"),
            ("named_line", "Bank line that names it"),
        ],
        required=True,
    )
    name = fields.Char(string="Reference")
    date = fields.Date()
    amount = fields.Monetary(help="What was open that day.")
    move_line_id = fields.Many2one(
        string="Journal Item",
        comodel_name="account.move.line",
        ondelete="set null",
        index="btree_not_null",
    )
    payment_id = fields.Many2one(
        comodel_name="account.payment", ondelete="set null", index="btree_not_null"
    )
    statement_line_id = fields.Many2one(
        string="Bank Line",
        comodel_name="account.bank.statement.line",
        ondelete="set null",
        index="btree_not_null",
    )
    is_open = fields.Boolean(
        string="Still Open",
        help="Whether something of it is still to be matched.",
        compute="_compute_is_open",
    )

    def _compute_is_open(self):
        for line in self:
            line.is_open = line._is_open()

    def _is_open(self):
        """Return whether something of the receipt is still to be matched, by now."""
        self.ensure_one()
        payment, bank_line = self.payment_id, self.statement_line_id
        return bool(
            self._get_credit_items()
            or payment.state in ("draft", "in_process")
            and payment.move_id.state != "posted"
            or bank_line
            and not bank_line.is_reconciled
        )

    def _get_items(self):
        """Return every journal item of these receipts."""
        moves = self.payment_id.move_id | self.statement_line_id.move_id
        return self.move_line_id | moves.line_ids

    def _get_credit_items(self):
        """Return the receivable items of these receipts that are open by now."""
        return self._get_items().filtered(
            lambda item: item.parent_state == "posted"
            and item.account_id.account_type == "asset_receivable"
            and item.amount_residual < 0
        )

    def _get_summary(self):
        """Return the receipt in one line of text."""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return self.env._(
            "%(kind)s: %(amount)s of %(date)s, %(name)s",
            kind=kinds[self.kind],
            amount=self.currency_id.format(self.amount),
            date=format_date(self.env, self.date),
            name=self.name or "-",
        )

    def action_open_document(self):
        """Open the payment, the invoice, or the entry behind the receipt."""
        self.ensure_one()
        document = (
            self.payment_id
            or self.move_line_id.move_id.origin_payment_id
            or self.move_line_id.move_id
            or self.statement_line_id.move_id
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "view_mode": "form",
        }
