from odoo import api, models
from odoo.exceptions import UserError

POSTED_STATES = ("in_process", "paid")


class AccountPayment(models.Model):
    """Posting: what is named is settled, exactly, and written into the journal.

    Odoo matches the oldest items first, for all that is left of a payment. Here each
    named invoice gets the amount named on it, and no other (design, section 5).
    """

    _inherit = "account.payment"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        payments = super(
            AccountPayment, self.with_context(recouvrement_lines_of_payment=True)
        ).create(vals_list)
        payments = payments.with_env(self.env)
        named = payments.filtered("recouvrement_line_ids")
        named._align_destination_account()
        posted = payments.browse(
            payment.id
            for payment, vals in zip(payments, vals_list, strict=True)
            if vals.get("state") in POSTED_STATES
        )
        posted._check_before_posting()
        posted._settle_named()
        return payments

    def write(self, vals):
        """Check payments before they are posted, settle their invoices after.

        Whoever posts them, and however: the form, an import, a program.
        """
        starting = self.browse()
        if vals.get("state") in POSTED_STATES and not vals.get("move_id"):
            starting = self.filtered(
                lambda payment: (
                    payment.state in (False, "draft")
                    or payment.move_id.state == "draft"
                )
                and payment._is_customer_receipt()
            )
            starting._align_destination_account()
            starting._check_before_posting()
            starting._ensure_entry()
        result = super(
            AccountPayment, self.with_context(recouvrement_lines_of_payment=True)
        ).write(vals)
        if "recouvrement_line_ids" in vals:
            self._align_destination_account()
        starting._settle_named()
        return result

    # === ACTION METHODS === #

    def action_draft(self):
        """Give the invoices back: a draft settles nothing, and may be changed.

        :raise ValidationError: the bank rejected the payment, which is reversed
        """
        for payment in self:
            if payment.state == "rejected" and payment.move_id.reversal_move_ids:
                raise payment._named_error(
                    self.env._(
                        "The bank rejected this payment and its entry is reversed:"
                        " register another payment instead."
                    )
                )
        for payment in self.filtered("recouvrement_line_ids"):
            payment._unmatch_items()
        return super().action_draft()

    def action_settle_named(self):
        """Match posted payments with the invoices named since.

        :raise ValidationError: what is named is not open, or the payment is used up
        """
        self.check_access("write")
        pending = self.filtered("recouvrement_to_settle")
        if not pending:
            raise UserError(
                self.env._(
                    "Name the invoices that the payment settles, and the amount on"
                    " each: nothing is left to match."
                )
            )
        pending._check_named_account()
        pending._check_named_open()
        for payment in pending.filtered(lambda payment: not payment.move_id):
            payment._find_bank_transaction()
        pending._check_credit_left()
        pending._settle_named()

    # === BUSINESS METHODS - POSTING === #

    def _check_before_posting(self):
        """Refuse to post what does not name its invoices, or names them wrongly.

        :raise ValidationError: neither invoices nor a reason, where they are required
        """
        self._check_errand()
        self.filtered("recouvrement_line_ids")._check_recouvrement_lines()
        self._check_named_account()
        self._check_named_open()
        if self.env.context.get("recouvrement_named_by_wizard"):
            return
        for payment in self:
            if payment.recouvrement_policy == "required" and payment._is_unexplained():
                raise payment._named_error(
                    self.env._(
                        "%(amount)s of this payment of %(guarantor)s name no invoice:"
                        " name the invoices that it settles, or write why not.",
                        amount=payment._format(payment.recouvrement_unnamed_amount),
                        guarantor=payment.recouvrement_partner_id.display_name,
                    )
                )

    def _is_unexplained(self):
        """Return whether some of the money names no invoice, and nobody says why.

        A payment made online, or registered on invoices, knows its invoices.
        """
        self.ensure_one()
        if (self.recouvrement_unallocated_reason or "").strip():
            return False
        if self.recouvrement_line_ids:
            return self._compare(self.recouvrement_unnamed_amount, 0) > 0
        return not self.invoice_ids

    def _align_destination_account(self):
        """Book the payments on the receivable account of the items they name."""
        for payment in self:
            accounts = payment.recouvrement_line_ids.move_line_id.account_id
            if (
                payment.state in (False, "draft")
                and len(accounts) == 1
                and accounts.account_type == "asset_receivable"
                and accounts != payment.destination_account_id
            ):
                payment.destination_account_id = accounts

    # === BUSINESS METHODS - MATCHING === #

    def _get_settling_moves(self):
        """Return the entries by which these payments settle invoices."""
        return self.move_id | self.recouvrement_statement_line_id.move_id

    def _get_credit_items(self):
        """Return the open receivable items of these payments' entries."""
        return self._get_settling_moves().line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
            and item.parent_state == "posted"
            and item.amount_residual < 0
        )

    def _check_credit_left(self):
        """Refuse to match more than what is left of the payments.

        :raise ValidationError: some of it is matched with other invoices
        """
        for payment in self:
            left = -sum(
                payment._get_credit_items().mapped(
                    lambda item, payment=payment: payment._get_residual(item)
                )
            )
            wanted = sum(
                line.amount - line.settled_amount
                for line in payment.recouvrement_line_ids
            )
            if payment._compare(wanted, left) > 0:
                raise payment._named_error(
                    self.env._(
                        "Only %(left)s of this payment are not matched yet, less than"
                        " the %(wanted)s named: lower the amounts on the invoices.",
                        left=payment._format(left),
                        wanted=payment._format(wanted),
                    )
                )

    def _settle_named(self):
        """Match payments with their named invoices, for exactly the named amounts.

        What is matched already is left alone: calling it twice changes nothing.
        """
        plan, amounts = [], {}
        lines = self.recouvrement_line_ids.browse()
        for payment in self.filtered("recouvrement_line_ids"):
            credit_items = payment._get_credit_items()
            for line in payment.recouvrement_line_ids:
                item = line.move_line_id
                credit = credit_items.filtered(
                    lambda credit, item=item: credit.account_id == item.account_id
                )[:1]
                wanted = line.amount - line.settled_amount
                if credit and not item.reconciled and payment._compare(wanted, 0) > 0:
                    plan.append(item + credit)
                    amounts[item.id, credit.id] = wanted
                    lines += line
        if plan:
            self.env["account.move.line"].with_context(
                recouvrement_named_amounts=amounts
            )._reconcile_plan(plan)
        if self:
            self._link_entryless()
            self._on_named_settled(lines)

    def _on_named_settled(self, lines):
        """Write matched payments into the journal, and judge the promises kept.

        :param recouvrement.payment.line lines: those settled just now
        """
        settled = lines.payment_id
        settled._log_settled(lines)
        (self - settled)._log_unallocated()
        # The accountant only reads promises: their state follows from the matching.
        self.sudo()._get_promises()._evaluate()
        if settled:
            settled.activity_unlink(
                ["nest_recouvrement.mail_activity_type_name_invoices"]
            )

    def _get_promises(self):
        """Return the promises that these payments were registered from."""
        errands = self.recouvrement_pickup_id
        return self.recouvrement_commitment_id | errands.commitment_id
