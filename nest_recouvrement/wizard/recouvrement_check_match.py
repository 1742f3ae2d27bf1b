from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementCheckMatch(models.TransientModel):
    """Which receipts settle which invoices: matches them, and answers the check.

    What is not matched yet is made ready first: a draft payment is posted, a bank line
    is booked on the account of the invoices. Odoo then matches the oldest first;
    whatever does not cover the whole settles a part.
    """

    _name = "recouvrement.check.match"
    _description = "Match Receipts"

    check_id = fields.Many2one(
        comodel_name="recouvrement.check", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="check_id.partner_id")
    company_id = fields.Many2one(related="check_id.company_id")
    currency_id = fields.Many2one(related="check_id.currency_id")
    receipt_ids = fields.Many2many(
        string="Receipts",
        comodel_name="recouvrement.check.line",
        compute="_compute_receipt_ids",
        store=True,
        readonly=False,
    )
    item_ids = fields.Many2many(
        string="Invoices",
        comodel_name="account.move.line",
        compute="_compute_item_ids",
        store=True,
        readonly=False,
    )
    received_amount = fields.Monetary(
        string="Received", compute="_compute_received_amount"
    )
    owed_amount = fields.Monetary(
        string="To Settle", compute="_compute_received_amount"
    )
    remaining_amount = fields.Monetary(
        string="Left to Pay", compute="_compute_received_amount"
    )
    note = fields.Text()

    @api.depends("check_id")
    def _compute_receipt_ids(self):
        """Suggest what is still open and whose payer is known for sure."""
        for wizard in self:
            wizard.receipt_ids = wizard.check_id.line_ids.filtered(
                lambda line: line._is_open() and line.kind != "named_line"
            )

    @api.depends("check_id")
    def _compute_item_ids(self):
        """Suggest what is overdue, the oldest first."""
        for wizard in self:
            today = wizard.company_id._recouvrement_today()
            dossier = wizard.check_id.dossier_id
            wizard.item_ids = dossier.open_item_ids.filtered(
                lambda item, today=today: item.amount_residual > 0
                and (item.date_maturity or item.date) < today
            )

    @api.depends("receipt_ids", "item_ids")
    def _compute_received_amount(self):
        for wizard in self:
            received = sum(wizard.receipt_ids.mapped("amount"))
            owed = sum(wizard.item_ids.mapped("amount_residual"))
            wizard.received_amount = received
            wizard.owed_amount = owed
            wizard.remaining_amount = max(owed - received, 0.0)

    # === ACTION METHODS === #

    def action_confirm(self):
        """Match, say in the journal which invoice received what, and let go on.

        :raise UserError: nothing is chosen, or nothing can be matched
        """
        self.ensure_one()
        self.check_id._check_answerable()
        self._check_accountant()
        if not self.receipt_ids or not self.item_ids:
            raise UserError(
                self.env._("Choose at least one receipt and one invoice to match.")
            )
        self.check_id.dossier_id._check_own_items(self.item_ids)
        before = {item: item.amount_residual for item in self.item_ids}
        for account, items in self.item_ids.grouped("account_id").items():
            self._match(account, items)
        amounts = {
            item: residual - item.amount_residual
            for item, residual in before.items()
            if item.currency_id.compare_amounts(residual, item.amount_residual) > 0
        }
        if not amounts:
            raise UserError(
                self.env._(
                    "None of these receipts could be matched with these invoices: they"
                    " are on other accounts, or matched meanwhile."
                )
            )
        self.check_id._answer("settled", note=self._get_note(), amounts=amounts)
        return {"type": "ir.actions.act_window_close"}

    def _check_accountant(self):
        """Refuse to book and match by whoever keeps no books."""
        if not self.env.user.has_group("account.group_account_invoice"):
            raise UserError(
                self.env._(
                    "Matching is for accountants: answer what you know, or ask one."
                )
            )

    def _match(self, account, items):
        """Match the receipts, the oldest first, with the items of one account."""
        for receipt in self.receipt_ids.sorted(lambda line: (line.date, line.id)):
            if all(item.reconciled for item in items):
                break
            self._prepare_receipt(receipt, account)
            credit_items = receipt._get_credit_items().filtered(
                lambda item: item.account_id == account
            )
            open_items = items.filtered(lambda item: not item.reconciled)
            if credit_items:
                (credit_items + open_items).reconcile()
                # A payment that named no invoice is for those chosen here.
                receipt.payment_id.filtered(
                    lambda payment: not payment.recouvrement_line_ids
                )._record_matched()

    def _prepare_receipt(self, receipt, account):
        """Give a receipt a posted receivable item on ``account``, if it has none."""
        payment, bank_line = receipt.payment_id, receipt.statement_line_id
        if payment.state == "draft":
            payment.destination_account_id = account
            # The invoices are chosen here: no other names are asked for.
            payment.with_context(recouvrement_named_by_wizard=True).action_post()
        if payment and not payment.move_id:
            payment.outstanding_account_id = payment._get_outstanding_account(
                payment.payment_type
            )
            payment._generate_journal_entry()
        if payment.move_id.state == "draft":
            payment.move_id.action_post()
        if bank_line and not bank_line.is_reconciled:
            # Accountants of invoices only read bank lines: booking one on the
            # guarantor's account is all that is done for them.
            line_sudo = bank_line.sudo()
            line_sudo.partner_id = self.partner_id
            _liquidity, suspense_items, _others = line_sudo._seek_for_lines()
            suspense_items.account_id = account

    def _get_note(self):
        """Return what was matched, after the accountant's own words."""
        lines = [line._get_summary() for line in self.receipt_ids]
        return "\n".join(filter(None, [(self.note or "").strip(), *lines]))
