from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class RecouvrementPlan(models.Model):
    """Ordered list of follow-up steps, and the dossiers that it applies to.

    The first plan by sequence whose criteria a dossier meets is its plan, chosen when
    a cycle starts, unless the officer chose another (design, section 4).
    """

    _name = "recouvrement.plan"
    _description = "Follow-up Plan"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        help="Empty: for every company.", comodel_name="res.company", index=True
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    description = fields.Html(translate=True)
    step_ids = fields.One2many(
        string="Steps",
        comodel_name="recouvrement.plan.step",
        inverse_name="plan_id",
        copy=True,
    )

    # Criteria: an empty one is met by every dossier.
    category_ids = fields.Many2many(
        string="Categories",
        comodel_name="recouvrement.guarantor.category",
        relation="recouvrement_plan_category_rel",
        column1="plan_id",
        column2="category_id",
    )
    seniority = fields.Selection(
        selection=lambda self: self._selection_from_dossier("seniority")
    )
    payer_profile = fields.Selection(
        selection=lambda self: self._selection_from_dossier("payer_profile")
    )
    balance_min = fields.Monetary(
        string="Balance From",
        help="Lowest balance for which the plan applies; 0 for no limit.",
    )
    balance_max = fields.Monetary(
        string="Balance Below",
        help="The plan applies below this balance; 0 for no limit.",
    )
    dossier_count = fields.Integer(string="Dossiers", compute="_compute_dossier_count")

    _check_balance = models.Constraint(
        "CHECK (balance_min >= 0 AND balance_max >= 0"
        " AND (balance_max = 0 OR balance_max > balance_min))",
        "The highest amount of a plan must exceed the lowest one, or be 0.",
    )

    def _selection_from_dossier(self, field_name):
        field = self.env["recouvrement.dossier"]._fields[field_name]
        return field._description_selection(self.env)

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for plan in self:
            plan.currency_id = (plan.company_id or self.env.company).currency_id

    def _compute_dossier_count(self):
        counts = dict(
            self.env["recouvrement.dossier"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.dossier_count = counts.get(plan, 0)

    @api.constrains("category_ids", "company_id")
    def _check_category_company(self):
        for plan in self.filtered("company_id"):
            if other := plan.category_ids.company_id - plan.company_id:
                raise ValidationError(
                    self.env._(
                        "The plan %(plan)s belongs to %(company)s: it cannot use the"
                        " categories of %(other)s.",
                        plan=plan.name,
                        company=plan.company_id.name,
                        other=", ".join(other.mapped("name")),
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """Pass the dossiers of an archived plan on to the next one that applies."""
        archived = self.browse()
        if "active" in vals and not vals["active"]:
            archived = self.filtered("active")
        result = super().write(vals)
        if archived:
            archived._pass_dossiers_on()
        return result

    def _get_dossiers_sudo(self):
        """Return every dossier that follows these plans, also those out of sight."""
        # A plan may be followed in companies that the user does not see.
        dossiers_sudo = self.env["recouvrement.dossier"].sudo()
        return dossiers_sudo.with_context(active_test=False).search(
            [("plan_id", "in", self.ids)]
        )

    def _pass_dossiers_on(self):
        """Have the dossiers of these archived plans follow another one.

        :raise UserError: none applies to a dossier that is followed up
        """
        dossiers_sudo = self._get_dossiers_sudo()
        if not dossiers_sudo:
            return
        dossiers_sudo.filtered("plan_locked").write({"plan_locked": False})
        dossiers_sudo._refresh()
        left_sudo = dossiers_sudo.filtered(
            lambda dossier: dossier.active and not dossier.plan_id
        )
        if left_sudo:
            raise UserError(
                self.env._(
                    "Without the plan %(plan)s, %(count)s dossier(s) of %(company)s"
                    " would follow no plan: make another one that applies to them"
                    " first.",
                    plan=", ".join(self.mapped("name")),
                    count=len(left_sudo),
                    company=", ".join(left_sudo.company_id.mapped("name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.step_ids._check_not_in_journal()
        dossiers_sudo = self._get_dossiers_sudo()
        if dossiers_sudo:
            raise UserError(
                self.env._(
                    "The plan %(plan)s is followed by %(count)s dossier(s) of"
                    " %(company)s: archive it, or give these dossiers another plan"
                    " first.",
                    plan=dossiers_sudo[0].plan_id.name,
                    count=len(dossiers_sudo),
                    company=", ".join(dossiers_sudo.company_id.mapped("name")),
                )
            )

    def action_view_dossiers(self):
        """Open the dossiers that follow the plan."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "nest_recouvrement.recouvrement_dossier_action"
            ),
            "domain": [("plan_id", "=", self.id)],
            "context": {},
        }
