from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementScoreReason(models.Model):
    """Points that a dossier gets for one reason: who is to be called first, and why.

    What a reason means is shipped (:meth:`_selection_code`); how much it weighs is the
    manager's choice. A company that has a reason of its own uses it instead of the one
    without a company.
    """

    _name = "recouvrement.score.reason"
    _description = "Reason of Priority"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        help="What the officer reads on the dossier, before the points.",
        required=True,
        translate=True,
    )
    code = fields.Selection(
        string="Condition", selection="_selection_code", required=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        help="Empty: for every company that has no such reason of its own.",
        comodel_name="res.company",
        index=True,
    )
    points = fields.Integer(
        help="As soon as the condition is met.", default=0, required=True
    )
    points_per_unit = fields.Integer(
        string="Points per Tranche",
        help="For each full tranche, on top.",
        default=0,
        required=True,
    )
    unit = fields.Float(
        string="Tranche",
        help="Size of a tranche: an amount in the company's currency, a number of days"
        " or of events, as the condition counts.",
        digits=(16, 0),
        default=1,
        required=True,
    )
    points_max = fields.Integer(
        string="At Most",
        help="Highest number of points for this reason; 0: no limit.",
        default=0,
        required=True,
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE active",
        "This company already has points for this condition.",
    )
    _check_points = models.Constraint(
        "CHECK (points >= 0 AND points_per_unit >= 0 AND points_max >= 0 AND unit > 0)",
        "Points cannot be negative, and a tranche is larger than zero.",
    )

    # === SELECTION METHODS === #

    @api.model
    def _selection_code(self):
        """Return the conditions; each is counted by a fact of the dossier's score."""
        return [
            ("broken_promise", self.env._("Promise broken, not asked about yet")),
            ("call_back", self.env._("Call-back day reached")),
            ("pickup_failed", self.env._("Courier's errand failed, no call since")),
            ("promise_due", self.env._("Promise due today")),
            ("amount", self.env._("Claimable amount")),
            ("days_late", self.env._("Days late")),
            ("wrong_number", self.env._("Wrong phone number")),
            ("bounced", self.env._("E-mail came back")),
            ("step_failed", self.env._("Step that failed")),
            ("repeat", self.env._("Repeat debtor")),
        ]

    # === CONSTRAINT METHODS === #

    @api.constrains("points", "points_per_unit", "points_max")
    def _check_points_max(self):
        for reason in self:
            if 0 < reason.points_max < reason.points:
                raise ValidationError(
                    self.env._(
                        "%(reason)s gives %(points)s points at once: it cannot be"
                        " limited to %(limit)s.",
                        reason=reason.name,
                        points=reason.points,
                        limit=reason.points_max,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        reasons = super().create(vals_list)
        reasons._refresh_scores()
        return reasons

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - {"name", "sequence"}:
            self._refresh_scores()
        return result

    def unlink(self):
        result = super().unlink()
        self._refresh_scores()
        return result

    @api.model
    def _refresh_scores(self):
        """Order the worklists anew: the points concern every dossier."""
        # Whoever may set points orders the worklist of everybody.
        dossiers_sudo = self.env["recouvrement.dossier"].sudo()
        dossiers_sudo._refresh_score(self.env["res.company"].sudo().search([]))
