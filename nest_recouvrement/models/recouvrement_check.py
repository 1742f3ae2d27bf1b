from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class RecouvrementCheck(models.Model):
    """What the accountant is asked before the first reminder of a cycle.

    Receipts that may settle the claim were found (`sources/1`, step 4): the reminder
    waits until the accountant answers, or the time limit is over. One per dossier and
    cycle: a new cycle asks again. How one is opened, answered and closed is in the
    files that extend this one.
    """

    _name = "recouvrement.check"
    _description = "Accounting Check"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_deadline desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    dossier_id = fields.Many2one(
        comodel_name="recouvrement.dossier",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(
        string="Guarantor", related="dossier_id.partner_id", store=True
    )
    company_id = fields.Many2one(
        related="dossier_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    cycle = fields.Integer(required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("passed", "Nothing found"),
            ("pending", "Pending"),
            ("settled", "Settled"),
            ("nothing", "Nothing for this guarantor"),
            ("expired", "Time limit over"),
        ],
        default="pending",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        string="Accountant", comodel_name="res.users", readonly=True
    )
    date = fields.Date(string="Asked On", readonly=True)
    date_deadline = fields.Date(
        string="Time Limit",
        help="The reminder waits up to and including this day.",
        readonly=True,
    )
    date_answered = fields.Datetime(string="Answered On", readonly=True)
    answer_user_id = fields.Many2one(
        string="Answered By", comodel_name="res.users", readonly=True
    )
    note = fields.Text(string="Answer", readonly=True)
    line_ids = fields.One2many(
        string="Receipts Found",
        comodel_name="recouvrement.check.line",
        inverse_name="check_id",
        readonly=True,
    )
    amount = fields.Monetary(
        string="Found", help="Sum of the receipts found that day.", readonly=True
    )
    claimable_amount = fields.Monetary(related="dossier_id.claimable_amount")
    overdue_amount = fields.Monetary(related="dossier_id.overdue_amount")

    _cycle_uniq = models.UniqueIndex(
        "(dossier_id, cycle)", "The accounting check of this cycle is already made."
    )
    _pending_idx = models.Index("(dossier_id) WHERE state = 'pending'")

    @api.depends("partner_id.display_name", "cycle")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._(
                "Accounting check of %s", check.partner_id.display_name
            )

    # === ACTION METHODS === #

    def action_match(self):
        """Choose which receipts settle which invoices, and match them."""
        self.ensure_one()
        self._check_answerable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Match the receipts of %s", self.partner_id.name),
            "res_model": "recouvrement.check.match",
            "view_mode": "form",
            "target": "new",
            "context": {"default_check_id": self.id},
        }

    def action_settled(self):
        """Answer that the receipts are matched, or booked otherwise, by now."""
        self._check_answerable()
        self._answer("settled")

    def action_nothing(self):
        """Answer that nothing found settles what this guarantor owes."""
        self._check_answerable()
        self._answer("nothing")

    def action_view_dossier(self):
        """Open the dossier whose reminder waits."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.dossier",
            "res_id": self.dossier_id.id,
            "view_mode": "form",
        }

    def _check_answerable(self):
        """Refuse whoever may not answer, and what is answered already.

        :raise AccessError: the user is neither accountant nor collection manager
        :raise UserError: the check waits for no answer
        """
        self.check_access("read")
        if not self.env.su and not (
            self.env.user.has_group("account.group_account_invoice")
            or self.env.user.has_group("nest_recouvrement.group_manager")
        ):
            raise AccessError(
                self.env._(
                    "Only accountants and collection managers answer an accounting"
                    " check."
                )
            )
        answered = self.filtered(lambda check: check.state != "pending")
        if answered:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(check)s waits for no answer any more: %(state)s.",
                    check=answered[0].display_name,
                    state=labels[answered[0].state].lower(),
                )
            )

    # === BUSINESS METHODS - WORDS === #

    def _get_receipt_list(self):
        """Return the receipts found as a list, for whoever looks into them."""
        self.ensure_one()
        rows = Markup().join(
            Markup("<li>%s</li>") % line._get_summary() for line in self.line_ids
        )
        return Markup("<ul>%s</ul>") % rows
