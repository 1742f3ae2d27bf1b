from odoo import fields, models

from ..tools.dates import add_working_days, day_in_timezone


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_scope = fields.Selection(
        string="Who Is Followed Up",
        selection=[
            ("guarantors", "Flagged guarantors only"),
            ("companies", "Every company customer"),
        ],
        default="guarantors",
        required=True,
    )
    recouvrement_turnover_months = fields.Integer(
        string="Months of Turnover",
        help="Complete calendar months over which the average monthly turnover,"
        " hence the category of a guarantor, is computed.",
        default=3,
        required=True,
    )
    recouvrement_new_months = fields.Integer(
        string="New for (Months)",
        help="A guarantor whose first invoice is younger is a new one.",
        default=6,
        required=True,
    )
    recouvrement_good_payer_days = fields.Integer(
        string="Good Payer up to (Days Late)",
        help="Highest average delay of a guarantor suggested as a good payer.",
        default=5,
        required=True,
    )
    recouvrement_slow_payer_days = fields.Integer(
        string="Slow Payer from (Days Late)",
        help="Average delay above which a guarantor is suggested as a bad payer, or as"
        " an administrative one if it keeps its promises and pays in the end.",
        default=60,
        required=True,
    )
    recouvrement_commitment_grace_days = fields.Integer(
        string="Grace after a Promise (Days)",
        help="Days left after the promised date before a promise counts as broken.",
        default=2,
        required=True,
    )
    recouvrement_promise_days = fields.Integer(
        string="Longest Promise (Days)",
        help="A promise pauses the claim: one for later than that is refused. 0: any"
        " date.",
        default=120,
        required=True,
    )
    recouvrement_own_dossiers_only = fields.Boolean(
        string="Officers See Only Their Own Dossiers",
    )
    recouvrement_officer_id = fields.Many2one(
        string="Default Collection Officer",
        help="Follows every new dossier. Empty: the officer with the fewest dossiers.",
        comodel_name="res.users",
    )
    recouvrement_manager_id = fields.Many2one(
        string="Collection Manager",
        help="Receives what a plan asks of management.",
        comodel_name="res.users",
    )
    recouvrement_accountant_id = fields.Many2one(
        string="Accountant for Collection",
        help="Receives what a plan asks of the accountant.",
        comodel_name="res.users",
    )
    recouvrement_payment_instructions = fields.Html(
        string="How to Pay",
        help="Printed on statements of account, below the bank accounts.",
        translate=True,
    )

    recouvrement_contact_months = fields.Integer(
        string="Contact Data Verified Every (Months)",
        help="Contact data verified longer ago, or never, are to be verified again.",
        default=6,
        required=True,
    )
    recouvrement_courtesy_days = fields.Integer(
        string="Courtesy before the Due Date (Days)",
        help="Items falling due within that many days are announced once.",
        default=7,
        required=True,
    )
    recouvrement_check_days = fields.Integer(
        string="Accounting Check (Working Days)",
        help="Working days during which the first reminder waits for the accountant.",
        default=2,
        required=True,
    )
    recouvrement_visit_payment_days = fields.Integer(
        string="Payment after a Visit (Days)",
        help="Without a payment within that many days after a visit, a"
        " suspension notice is prepared.",
        default=7,
        required=True,
    )
    recouvrement_suspension_notice_days = fields.Integer(
        string="Suspension Notice (Days)",
        help="Days between the notice and its effect, during which a payment"
        " avoids it.",
        default=8,
        required=True,
    )
    recouvrement_payment_invoices = fields.Selection(
        string="Payments Name Their Invoices",
        help="Whether a guarantor's payment must name the invoices that it settles, or"
        " say why it cannot.",
        selection=[
            ("required", "Required"),
            ("warning", "Warning"),
            ("off", "Not asked"),
        ],
        default="warning",
        required=True,
    )
    recouvrement_suspension_policy = fields.Selection(
        string="Invoicing a Suspended Guarantor",
        help="What happens when an invoice is confirmed for a guarantor whose services"
        " are suspended.",
        selection=[("block", "Blocked"), ("warning", "Warning")],
        default="block",
        required=True,
    )

    recouvrement_call_attempts = fields.Integer(
        string="Attempts of a Call",
        help="A call that nobody answers is made again on the next working day, that"
        " many times in all; then the follow-up goes on.",
        default=3,
        required=True,
    )

    _check_recouvrement_call_attempts = models.Constraint(
        "CHECK (recouvrement_call_attempts BETWEEN 1 AND 20)",
        "A call is attempted 1 to 20 times.",
    )
    _check_recouvrement_turnover_months = models.Constraint(
        "CHECK (recouvrement_turnover_months BETWEEN 1 AND 36)",
        "The turnover of a guarantor is averaged over 1 to 36 months.",
    )
    _check_recouvrement_days = models.Constraint(
        "CHECK (recouvrement_new_months >= 0 AND recouvrement_good_payer_days >= 0"
        " AND recouvrement_slow_payer_days >= recouvrement_good_payer_days"
        " AND recouvrement_commitment_grace_days >= 0"
        " AND recouvrement_contact_months >= 0 AND recouvrement_courtesy_days >= 0"
        " AND recouvrement_check_days >= 0 AND recouvrement_visit_payment_days >= 0"
        " AND recouvrement_suspension_notice_days >= 0"
        " AND recouvrement_promise_days >= 0)",
        "Periods of the collection settings cannot be negative, and a slow payer"
        " cannot be faster than a good one.",
    )

    def _recouvrement_today(self):
        """Return the current day in the timezone of the company.

        It decides what is overdue: a due date of today is not (`sources/1, step 2`).

        :rtype: datetime.date
        """
        self.ensure_one()
        return day_in_timezone(fields.Datetime.now(), self._recouvrement_timezone())

    def _recouvrement_next_working_day(self, days=1):
        """Return the day that is ``days`` working days after today.

        :rtype: datetime.date
        """
        return add_working_days(self._recouvrement_today(), days)

    def _recouvrement_timezone(self):
        """Return the name of the timezone in which the company's days begin."""
        self.ensure_one()
        return self.partner_id.tz or "UTC"

    def _recouvrement_responsible(self, role):
        """Return the user who does what a plan asks of ``role`` in this company.

        :param str role: ``manager`` or ``accountant``
        :return: the configured user, else the first active one of the role's group
        :rtype: res.users
        """
        self.ensure_one()
        configured, group = {
            "manager": (
                self.recouvrement_manager_id,
                "nest_recouvrement.group_manager",
            ),
            "accountant": (
                self.recouvrement_accountant_id,
                "account.group_account_invoice",
            ),
        }[role]
        return configured.filtered("active") or self._recouvrement_users(group)[:1]

    def _recouvrement_users(self, group_xmlid):
        """Return the active internal users of a group who work in this company.

        Users who hold the group themselves come before those who get it through
        another one (an administrator is not the first choice).
        """
        self.ensure_one()
        group = self.env.ref(group_xmlid)
        # Whoever looks at archived dossiers does not mean archived people.
        users = (
            self.env["res.users"]
            .with_context(active_test=True)
            .search(
                [
                    ("all_group_ids", "in", group.ids),
                    ("company_ids", "in", self.ids),
                    ("share", "=", False),
                ],
                order="id",
            )
        )
        return users.sorted(lambda user: group not in user.group_ids)
