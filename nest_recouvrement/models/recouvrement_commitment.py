from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class RecouvrementCommitment(models.Model):
    """A promise to pay an amount on a date, by a means, on named invoices.

    It is kept when the named amounts were matched on the named invoices by its date
    and the company's days of grace (design, section 5).
    """

    _name = "recouvrement.commitment"
    _description = "Payment Commitment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date, id"
    _check_company_auto = True

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
    user_id = fields.Many2one(
        string="Collection Officer",
        comodel_name="res.users",
        default=lambda self: self.env.user,
        index=True,
    )
    date = fields.Date(string="Promised For", required=True, tracking=True)
    amount = fields.Monetary(compute="_compute_amount", store=True)
    means = fields.Selection(
        selection=[
            ("transfer", "Transfer"),
            ("cheque", "Cheque"),
            ("cash", "Cash"),
            ("mobile_money", "Mobile money"),
        ],
        required=True,
        default="transfer",
        tracking=True,
    )
    note = fields.Text()
    line_ids = fields.One2many(
        string="Invoices",
        comodel_name="recouvrement.commitment.line",
        inverse_name="commitment_id",
        copy=True,
    )
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("kept", "Kept"),
            ("partly_kept", "Partly kept"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        copy=False,
    )
    paid_amount = fields.Monetary(
        string="Paid", compute="_compute_paid_amount", store=True
    )
    date_ended = fields.Date(readonly=True, copy=False)
    cancel_reason = fields.Char(tracking=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "amount", "date")
    def _compute_display_name(self):
        for commitment in self:
            commitment.display_name = self.env._(
                "%(partner)s: %(amount)s by %(date)s",
                partner=commitment.partner_id.display_name,
                amount=commitment.currency_id.format(commitment.amount),
                date=fields.Date.to_string(commitment.date) or "-",
            )

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for commitment in self:
            commitment.amount = sum(commitment.line_ids.mapped("amount"))

    @api.depends("line_ids.paid_amount")
    def _compute_paid_amount(self):
        for commitment in self:
            commitment.paid_amount = sum(commitment.line_ids.mapped("paid_amount"))

    # === CONSTRAINT METHODS === #

    @api.constrains("date")
    def _check_date(self):
        for commitment in self.filtered(lambda promise: promise.state == "open"):
            today = commitment.company_id._recouvrement_today()
            if commitment.date < today:
                raise ValidationError(
                    self.env._(
                        "A promise is for today or later: %(date)s is past.",
                        date=fields.Date.to_string(commitment.date),
                    )
                )

    @api.constrains("line_ids", "dossier_id")
    def _check_lines(self):
        for commitment in self.filtered(lambda promise: promise.state == "open"):
            if not commitment.line_ids:
                raise ValidationError(
                    self.env._(
                        "Name the invoices that the guarantor promises to pay, and the"
                        " amount on each."
                    )
                )
            commitment.dossier_id._check_own_items(commitment.line_ids.move_line_id)
            commitment._check_residuals()

    def _check_residuals(self):
        """Refuse to promise more than what is open and not promised yet."""
        others = self.env["recouvrement.commitment.line"]._read_group(
            [
                ("move_line_id", "in", self.line_ids.move_line_id.ids),
                ("commitment_id.state", "=", "open"),
                ("commitment_id", "not in", self.ids),
            ],
            ["move_line_id"],
            ["amount:sum", "paid_amount:sum"],
        )
        promised = {item: amount - paid for item, amount, paid in others}
        for line in self.line_ids.filtered("move_line_id"):
            item = line.move_line_id
            available = item.amount_residual - promised.get(item, 0.0)
            if line.currency_id.compare_amounts(line.amount, available) > 0:
                raise ValidationError(
                    self.env._(
                        "%(invoice)s can be promised for at most %(available)s: the"
                        " rest is paid or promised already.",
                        invoice=line.name,
                        available=line.currency_id.format(max(available, 0.0)),
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        commitments = super().create(vals_list)
        commitments.dossier_id._refresh()
        return commitments

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"date", "line_ids", "state"}:
            self.dossier_id._refresh()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ended(self):
        if any(commitment.state != "cancelled" for commitment in self):
            raise UserError(
                self.env._("A promise is evidence: cancel it with a reason instead.")
            )

    # === ACTION METHODS === #

    def action_cancel(self):
        """Cancel promises that were entered by mistake or replaced.

        :raise ValidationError: without a reason
        """
        for commitment in self:
            if not (commitment.cancel_reason or "").strip():
                raise ValidationError(self.env._("Write why the promise is cancelled."))
        self.filtered(lambda promise: promise.state == "open").state = "cancelled"

    # === BUSINESS METHODS - EVALUATION === #

    @api.model
    def _cron_evaluate(self):
        """Bring every open commitment up to date with what was matched."""
        open_sudo = self.sudo().search([("state", "=", "open")])
        open_sudo._evaluate()
        open_sudo.dossier_id._refresh()

    def _evaluate(self):
        """Settle the state of open commitments by what was matched on their items.

        Only what was matched by the promised date and the days of grace counts, from
        the making of the promise on. When several promises name one item, the earliest
        is paid first. A fixed number of statements.
        """
        commitments = self.filtered(lambda promise: promise.state == "open")
        if not commitments:
            return
        self.env.flush_all()
        self.env.execute_query(commitments._get_paid_update_query())
        self.env["recouvrement.commitment.line"].invalidate_model(["paid_amount"])
        self.env.add_to_compute(self._fields["paid_amount"], commitments)
        outcomes = {}
        for commitment in commitments:
            outcomes.setdefault(commitment._get_outcome(), self.browse())
            outcomes[commitment._get_outcome()] += commitment
        for (state, date_ended), ended in outcomes.items():
            if state != "open":
                # Plain write: the caller refreshes the dossiers.
                super(RecouvrementCommitment, ended).write(
                    {"state": state, "date_ended": date_ended}
                )

    def _get_outcome(self):
        """Return the state that an open commitment should have, and its date."""
        self.ensure_one()
        today = self.company_id._recouvrement_today()
        if self.currency_id.compare_amounts(self.paid_amount, self.amount) >= 0:
            return "kept", today
        grace = self.company_id.recouvrement_commitment_grace_days
        if self.date + timedelta(days=grace) >= today:
            return "open", None
        return ("partly_kept" if self.paid_amount > 0 else "broken"), today

    def _get_paid_update_query(self):
        """Return the statement that spreads what was matched over the promises.

        Per item, what was matched since the first of its promises pays them in the
        order of their dates.
        """
        return SQL(
            """
            WITH line AS (
                SELECT line.id, line.move_line_id, line.amount, line.matched_before,
                       commitment.state, commitment.date, commitment.id AS promise_id,
                       commitment.date + company.recouvrement_commitment_grace_days
                           AS deadline
                  FROM recouvrement_commitment_line line
                  JOIN recouvrement_commitment commitment
                    ON commitment.id = line.commitment_id
                  JOIN res_company company ON company.id = commitment.company_id
                 WHERE commitment.state != 'cancelled'
                   AND line.move_line_id IN (
                       SELECT move_line_id FROM recouvrement_commitment_line
                        WHERE commitment_id = ANY(%(ids)s))
            ),
            matched AS (
                SELECT line.id,
                       COALESCE(SUM(partial.amount), 0) - line.matched_before
                           AS amount
                  FROM line
             LEFT JOIN account_partial_reconcile partial
                    ON partial.debit_move_id = line.move_line_id
                   AND partial.max_date <= line.deadline
              GROUP BY line.id, line.matched_before
            ),
            earlier AS (
                -- What the promises that come first still expected at that time.
                SELECT line.id,
                       COALESCE(SUM(GREATEST(other.amount - GREATEST(
                           line.matched_before - other.matched_before, 0), 0)), 0)
                           AS amount
                  FROM line
             LEFT JOIN line other
                    ON other.move_line_id = line.move_line_id
                   AND other.state IN ('open', 'kept')
                   AND (other.date, other.promise_id)
                       < (line.date, line.promise_id)
              GROUP BY line.id
            )
            UPDATE recouvrement_commitment_line
               SET paid_amount = LEAST(GREATEST(
                       matched.amount - earlier.amount, 0), line.amount)
              FROM line JOIN matched USING (id) JOIN earlier USING (id)
             WHERE recouvrement_commitment_line.id = line.id
               AND line.state = 'open'
            """,
            ids=self.ids,
        )
