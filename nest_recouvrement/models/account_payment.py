from odoo import api, fields, models


class AccountPayment(models.Model):
    """A guarantor's payment names the invoices that it settles, or says why not.

    Design, section 5. What is proposed, what happens when it is posted, or rejected by
    the bank, is in the files that extend this one.
    """

    _inherit = "account.payment"

    recouvrement_line_ids = fields.One2many(
        string="Invoices Concerned",
        comodel_name="recouvrement.payment.line",
        inverse_name="payment_id",
    )
    recouvrement_named_amount = fields.Monetary(
        string="Named",
        compute="_compute_recouvrement_named_amount",
        currency_field="currency_id",
    )
    recouvrement_unnamed_amount = fields.Monetary(
        string="Remaining to Name",
        compute="_compute_recouvrement_named_amount",
        currency_field="currency_id",
    )
    recouvrement_unallocated_reason = fields.Char(
        string="Why No Invoice Is Named",
        help="Needed where the company requires that payments name their invoices.",
        tracking=True,
        copy=False,
    )
    recouvrement_policy = fields.Selection(
        string="Invoices Asked For",
        selection=[
            ("required", "Required"),
            ("warning", "Warning"),
            ("off", "Not asked"),
        ],
        compute="_compute_recouvrement_policy",
    )
    recouvrement_partner_id = fields.Many2one(
        string="Guarantor", related="partner_id.commercial_partner_id"
    )
    recouvrement_to_settle = fields.Boolean(
        string="To Settle",
        help="Posted, with named invoices that are not matched for the whole amount.",
        compute="_compute_recouvrement_to_settle",
    )
    recouvrement_commitment_id = fields.Many2one(
        string="Promise",
        comodel_name="recouvrement.commitment",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )
    recouvrement_pickup_id = fields.Many2one(
        string="Errand",
        comodel_name="recouvrement.pickup",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="nest_recouvrement.group_officer,account.group_account_invoice",
    )
    recouvrement_statement_line_id = fields.Many2one(
        string="Settled through the Bank Transaction",
        help="For a payment without a journal entry of its own.",
        comodel_name="account.bank.statement.line",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    # === COMPUTE METHODS === #

    @api.depends("amount", "recouvrement_line_ids.amount")
    def _compute_recouvrement_named_amount(self):
        for payment in self:
            named = sum(payment.recouvrement_line_ids.mapped("amount"))
            payment.recouvrement_named_amount = named
            payment.recouvrement_unnamed_amount = payment.amount - named

    @api.depends("partner_id", "company_id", "payment_type", "partner_type")
    def _compute_recouvrement_policy(self):
        for payment in self:
            entity = payment.partner_id.commercial_partner_id
            company = payment.company_id
            asked = (
                payment._is_customer_receipt()
                and company
                and entity
                and entity._is_followed_up(company)
            )
            payment.recouvrement_policy = (
                company.recouvrement_payment_invoices if asked else "off"
            )

    @api.depends(
        "state",
        "recouvrement_line_ids.amount",
        "recouvrement_line_ids.settled_amount",
    )
    def _compute_recouvrement_to_settle(self):
        for payment in self:
            payment.recouvrement_to_settle = payment.state in (
                "in_process",
                "paid",
            ) and any(
                payment._compare(line.settled_amount, line.amount) < 0
                for line in payment.recouvrement_line_ids.filtered("move_line_id")
            )

    # === CONSTRAINT METHODS === #

    @api.constrains(
        "recouvrement_line_ids", "amount", "currency_id", "partner_id", "company_id"
    )
    def _check_recouvrement_lines(self):
        """Refuse names of another guarantor, above the payment or what is open."""
        for payment in self.filtered("recouvrement_line_ids"):
            payment._check_named_owner()
            if payment._compare(payment.recouvrement_named_amount, payment.amount) > 0:
                raise payment._named_error(
                    self.env._(
                        "The invoices named add up to %(named)s, more than the payment"
                        " of %(amount)s: lower the amounts on the invoices.",
                        named=payment._format(payment.recouvrement_named_amount),
                        amount=payment._format(payment.amount),
                    )
                )
            if payment.state == "draft":
                payment._check_named_open()

    def _check_named_owner(self):
        """Refuse journal items that are no debt of the one who pays.

        :raise ValidationError: naming the first wrong one
        """
        self.ensure_one()
        if not self._is_customer_receipt():
            raise self._named_error(
                self.env._("Only a payment received from a customer names invoices.")
            )
        for item in self.recouvrement_line_ids.move_line_id:
            if (
                item.partner_id.commercial_partner_id != self.recouvrement_partner_id
                or item.company_id.root_id != self.company_id.root_id
                or item.account_id.account_type != "asset_receivable"
                or item.parent_state != "posted"
            ):
                raise self._named_error(
                    self.env._(
                        "%(invoice)s is not owed by %(guarantor)s to %(company)s: name"
                        " invoices of the one who pays.",
                        invoice=item.move_id.name or self.env._("This item"),
                        guarantor=self.recouvrement_partner_id.display_name or "-",
                        company=self.company_id.name,
                    )
                )

    def _check_named_account(self):
        """Refuse items of several receivable accounts: a payment is booked on one.

        :raise ValidationError: naming the invoices that stand elsewhere
        """
        for payment in self:
            elsewhere = payment.recouvrement_line_ids.filtered(
                lambda line, payment=payment: line.move_line_id.account_id
                != payment.destination_account_id
            )
            if elsewhere:
                raise payment._named_error(
                    self.env._(
                        "%(invoices)s are on the account %(accounts)s, the payment on"
                        " %(account)s: register one payment per account.",
                        invoices=", ".join(elsewhere.mapped("name")),
                        accounts=", ".join(
                            elsewhere.move_line_id.account_id.mapped("display_name")
                        ),
                        account=payment.destination_account_id.display_name,
                    )
                )

    def _check_named_open(self):
        """Refuse what is not open any more, or not for the amount named.

        Payments that are posted together may name the same item: what one of them
        takes is not left to the next.

        :raise ValidationError: naming the first item, and what remains open on it
        """
        taken = {}
        for line in self.recouvrement_line_ids:
            payment = line.payment_id
            if not line.move_line_id:
                raise payment._named_error(
                    self.env._(
                        "%(invoice)s was changed or deleted since: name the invoices"
                        " again.",
                        invoice=line.name,
                    )
                )
            wanted = line.amount - line.settled_amount
            # In the currency of the item: its payments may have others.
            item = line.move_line_id
            residual = line.residual_amount - payment._convert_from(
                item, taken.get(item, 0.0)
            )
            if payment._compare(wanted, residual) > 0:
                raise payment._named_error(line._describe_not_open(residual))
            taken[item] = taken.get(item, 0.0) + payment._convert_to(item, wanted)
