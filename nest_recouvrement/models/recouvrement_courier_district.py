from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementCourierDistrict(models.Model):
    """Which courier goes to a district, unless an errand says otherwise."""

    _name = "recouvrement.courier.district"
    _description = "District of a Courier"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(
        string="District",
        help="As it stands on the contact sheets; capitals do not matter.",
        required=True,
    )
    user_id = fields.Many2one(
        string="Courier",
        comodel_name="res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        required=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        default=lambda self: self.env.company,
        required=True,
        index=True,
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, LOWER(TRIM(name)))",
        "This district already has a courier: change that line instead.",
    )

    @api.constrains("user_id", "company_id")
    def _check_courier(self):
        for district in self:
            # A courier's companies are read by whoever shares the districts.
            if district.company_id not in district.user_id.sudo().company_ids:
                raise ValidationError(
                    self.env._(
                        "%(courier)s does not work in %(company)s: choose another"
                        " courier.",
                        courier=district.user_id.name,
                        company=district.company_id.name,
                    )
                )
