from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


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
    amount = fields.Monetary(compute="_compute_amount", store=True, tracking=True)
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
    is_draft = fields.Boolean(
        help="Being made: from then on, what it names is evidence.",
        readonly=True,
        copy=False,
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
                date=format_date(self.env, commitment.date) or "-",
            )

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for commitment in self:
            commitment.amount = sum(commitment.line_ids.mapped("amount"))

    @api.depends("line_ids.paid_amount")
    def _compute_paid_amount(self):
        for commitment in self:
            commitment.paid_amount = sum(commitment.line_ids.mapped("paid_amount"))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        commitments = super().create([{**vals, "is_draft": True} for vals in vals_list])
        commitments._write_plainly({"is_draft": False})
        commitments.dossier_id._refresh()
        return commitments

    def write(self, vals):
        if "is_draft" in vals and not self.env.su:
            self._refuse_rewriting()
        result = super().write(vals)
        if vals.keys() & {"date", "line_ids", "state"}:
            self.dossier_id._refresh()
        return result

    def _refuse_rewriting(self):
        """Say that what a promise names is no longer changed by hand.

        :raise UserError: naming the promise
        """
        raise UserError(
            self.env._(
                "%(promise)s is evidence of what was promised: its invoices and amounts"
                " can no longer be changed. Give it a new date, or cancel it and note"
                " another one.",
                promise=self[:1].display_name,
            )
        )

    def _write_plainly(self, vals):
        """Write without refreshing the dossiers: the caller does."""
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ended(self):
        if any(commitment.state != "cancelled" for commitment in self):
            raise UserError(
                self.env._("A promise is evidence: cancel it with a reason instead.")
            )

    # === ACTION METHODS === #

    def action_cancel(self):
        """Cancel promises that were entered by mistake.

        :raise ValidationError: without a reason
        """
        self.check_access("write")
        for commitment in self:
            if not (commitment.cancel_reason or "").strip():
                raise ValidationError(self.env._("Write why the promise is cancelled."))
        self.filtered(lambda promise: promise.state == "open")._cancel()

    # === BUSINESS METHODS - EVALUATION === #

    @api.model
    def _cron_evaluate(self):
        """Bring every open commitment up to date with what was matched."""
        pending_sudo = self.sudo().search(self._get_pending_domain())
        pending_sudo._evaluate(final=True)
        pending_sudo.dossier_id._refresh()

    @api.model
    def _get_pending_domain(self):
        """Return the domain of the promises that the ledger may still decide on."""
        return ["|", ("state", "=", "open"), ("is_to_judge", "=", True)]

    def _evaluate(self, final=False):
        """Settle the state of commitments by what was matched on their items.

        First of the ended ones whose payments changed: what they leave open is for the
        others.

        Only what was matched by the promised date and the days of grace counts, from
        the making of the promise on. When several promises name one item, the earliest
        is paid first. What is no longer owed, because an invoice was credited or
        cancelled, is no longer promised either. A fixed number of statements.

        :param bool final: whether an invoice that was put back to draft is given up;
            during the day it may still be corrected and confirmed again
        """
        ended = self.filtered(
            lambda promise: promise.is_to_judge and promise.state != "open"
        )
        ended._judge(final)
        opened = (self - ended).filtered(lambda promise: promise.state == "open")
        opened._judge(final)

    def _judge(self, final):
        """Bring what is paid and the state of these promises up to date.

        :param bool final: see :meth:`_evaluate`
        """
        commitments = self
        if not commitments:
            return
        self.env.flush_all()
        self.env.execute_query(commitments._get_paid_update_query())
        self.env["recouvrement.commitment.line"].invalidate_model(["paid_amount"])
        self.env.add_to_compute(self._fields["paid_amount"], commitments)
        commitments -= commitments._release_lost_items(final)
        outcomes = {}
        for commitment in commitments:
            outcome = commitment._get_outcome()
            if outcome[0] != commitment.state:
                outcomes.setdefault(outcome, self.browse())
                outcomes[outcome] += commitment
        judged = commitments.filtered("is_to_judge")
        judged._write_plainly({"is_to_judge": False})
        # Whoever reads the journal, at once: not the officers after the user.
        (commitments.dossier_id.user_id | self.env.user).mapped("lang")
        for (state, date_ended), ended in outcomes.items():
            ended._write_plainly({"state": state, "date_ended": date_ended})
            ended._log_outcome()

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
