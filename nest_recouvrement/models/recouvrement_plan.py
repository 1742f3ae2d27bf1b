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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.env["recouvrement.dossier"].with_context(active_test=False)
        if dossier := used.search([("plan_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "The plan %(plan)s is followed by dossiers such as %(dossier)s:"
                    " archive it, or give these dossiers another plan first.",
                    plan=dossier.plan_id.name,
                    dossier=dossier.display_name,
                )
            )

    def action_view_dossiers(self):
        """Open the dossiers that follow the plan."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "nest_recouvrement.recouvrement_dossier_action"
            ),
            "domain": [("plan_id", "=", self.id)],
            "context": {},
        }
