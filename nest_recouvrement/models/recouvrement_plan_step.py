from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementPlanStep(models.Model):
    """One step of a plan: what is done, through which channel, when and by whom."""

    _name = "recouvrement.plan.step"
    _description = "Follow-up Step"
    _order = "plan_id, sequence, id"

    plan_id = fields.Many2one(
        comodel_name="recouvrement.plan",
        required=True,
        ondelete="cascade",
        index=True,
    )
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    stage = fields.Selection(
        selection=[
            ("preventive", "Preventive"),
            ("amicable", "Amicable"),
            ("litigation", "Litigation"),
        ],
        default="amicable",
        required=True,
    )
    channel = fields.Selection(
        selection=[
            ("email", "E-mail"),
            ("sms", "SMS"),
            ("phone", "Phone"),
            ("letter", "Letter"),
            ("registered_letter", "Registered letter"),
            ("visit", "Visit"),
            ("suspension", "Suspension"),
            ("handover", "Handover"),
        ],
        default="email",
        required=True,
    )
    anchor = fields.Selection(
        string="Counted From",
        selection=[
            ("due_date", "Oldest due date"),
            ("previous_step", "Previous step"),
        ],
        default="previous_step",
        required=True,
    )
    delay_days = fields.Integer(
        string="Delay (Days)",
        help="Days after the date that it is counted from; negative: before it.",
        default=0,
    )
    deadline_days = fields.Integer(
        string="Deadline (Working Days)",
        help="Working days that the person in charge has to do it.",
        default=2,
    )
    template_id = fields.Many2one(
        string="Message",
        comodel_name="mail.template",
        domain=[("model", "=", "recouvrement.dossier")],
        ondelete="restrict",
    )
    responsible = fields.Selection(
        help="Who does it when it needs a person.",
        selection=[
            ("officer", "Collection officer"),
            ("manager", "Management"),
            ("accountant", "Accountant"),
            ("salesperson", "Salesperson"),
        ],
        default="officer",
        required=True,
    )
    automatic = fields.Boolean(
        string="Runs by Itself",
        help="If not, the step is proposed to the officer, who decides.",
        default=True,
    )
    repeat_count = fields.Integer(
        string="Times",
        help="How many times the step is done before the next one.",
        default=1,
        required=True,
    )
    repeat_days = fields.Integer(string="Days between Times", default=7, required=True)
    instructions = fields.Html(
        help="What the person in charge should do, shown in the activity.",
        translate=True,
    )

    _check_repeat = models.Constraint(
        "CHECK (repeat_count BETWEEN 1 AND 20 AND repeat_days >= 1)",
        "A step is done 1 to 20 times, at least one day apart.",
    )
    _check_email_template = models.Constraint(
        "CHECK (channel != 'email' OR template_id IS NOT NULL)",
        "Choose the message that an e-mail step sends.",
    )
    _check_delay = models.Constraint(
        "CHECK (delay_days >= 0 OR (anchor = 'due_date' AND stage = 'preventive'))",
        "Only a preventive step counted from the due date comes before it: enter a"
        " delay of zero or more days.",
    )
    _check_deadline = models.Constraint(
        "CHECK (deadline_days >= 0)",
        "The deadline of a step cannot come before the step itself.",
    )

    @api.depends("plan_id.name", "name")
    def _compute_display_name(self):
        for step in self:
            step.display_name = step.name

    def unlink(self):
        """Have the dossiers whose next step is deleted planned again."""
        # A plan may be followed in companies that the user does not see.
        dossiers_sudo = self.env["recouvrement.dossier"].sudo()
        waiting_sudo = dossiers_sudo.with_context(active_test=False).search(
            [("next_step_id", "in", self.ids)]
        )
        self._check_not_in_journal()
        waiting_sudo.write({"next_step_id": False, "next_action_date": False})
        result = super().unlink()
        if waiting_sudo:
            waiting_sudo._refresh()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._check_not_in_journal()

    def _check_not_in_journal(self):
        """Refuse to delete steps that were done, or are to be done, somewhere.

        :raise UserError: naming the step
        """
        # The journal is evidence, whoever may see it.
        action_sudo = (
            self.env["recouvrement.action"]
            .sudo()
            .search([("step_id", "in", self.ids)], limit=1)
        )
        if action_sudo:
            raise UserError(
                self.env._(
                    "The step %(step)s is in the journal of dossiers of %(company)s:"
                    " archive its plan and make another one instead of deleting it.",
                    step=action_sudo.step_id.name,
                    company=action_sudo.company_id.name,
                )
            )

    def _get_responsible(self, dossier):
        """Return the user in charge of this step for ``dossier``.

        Falls back on the dossier's officer when nobody holds the role.

        :rtype: res.users
        """
        self.ensure_one()
        if self.responsible == "officer":
            return dossier.user_id
        if self.responsible == "salesperson":
            return dossier.partner_id.user_id or dossier.user_id
        company = dossier.company_id
        return company._recouvrement_responsible(self.responsible) or dossier.user_id
