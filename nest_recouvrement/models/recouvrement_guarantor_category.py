from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementGuarantorCategory(models.Model):
    """Segment of guarantors by average monthly invoiced turnover (`sources/1`).

    A company that has categories of its own uses these only; the others share those
    without a company, whose thresholds are read in each company's own currency.
    """

    _name = "recouvrement.guarantor.category"
    _description = "Guarantor Category"
    _order = "company_id, turnover_min, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        help="Empty: for every company that has no category of its own.",
        comodel_name="res.company",
        index=True,
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    turnover_min = fields.Monetary(
        string="Monthly Turnover From",
        help="Lowest average monthly turnover of the guarantors in this category, in"
        " the currency of the company.",
    )
    handling = fields.Selection(
        help="Standard: the plan is followed as it is. Adaptable: each step is proposed"
        " to the officer, who executes, replaces, postpones or skips it.",
        selection=[("standard", "Standard"), ("adaptable", "Adaptable")],
        default="standard",
        required=True,
    )
    courtesy_mode = fields.Selection(
        string="Courtesy Message",
        help="Before the due date: sent by itself with the weekly follow-up, suggested"
        " to the officer, or none.",
        selection=[
            ("automatic", "Sent by itself"),
            ("suggested", "Suggested"),
            ("none", "None"),
        ],
        default="automatic",
        required=True,
    )
    dossier_count = fields.Integer(string="Dossiers", compute="_compute_dossier_count")

    _check_turnover_min = models.Constraint(
        "CHECK (turnover_min >= 0)",
        "The turnover from which a category applies cannot be negative.",
    )
    _turnover_min_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), turnover_min) WHERE active",
        "Another category of this company starts at the same turnover.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for category in self:
            company = category.company_id or self.env.company
            category.currency_id = company.currency_id

    def _compute_dossier_count(self):
        counts = dict(
            self.env["recouvrement.dossier"]._read_group(
                [("category_id", "in", self.ids)], ["category_id"], ["__count"]
            )
        )
        for category in self:
            category.dossier_count = counts.get(category, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # A category may be used in companies that the user does not see.
        used_sudo = self.env["recouvrement.dossier"].sudo()
        dossier_sudo = used_sudo.with_context(active_test=False).search(
            [("category_id", "in", self.ids)], limit=1
        )
        if dossier_sudo:
            raise UserError(
                self.env._(
                    "Dossiers of %(company)s are in the category %(category)s: archive"
                    " it instead of deleting it.",
                    company=dossier_sudo.company_id.name,
                    category=dossier_sudo.category_id.name,
                )
            )

    def action_view_dossiers(self):
        """Open the dossiers of the category."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "nest_recouvrement.recouvrement_dossier_action"
            ),
            "domain": [("category_id", "=", self.id)],
            "context": {},
        }
