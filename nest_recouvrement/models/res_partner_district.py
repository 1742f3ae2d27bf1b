from odoo import api, fields, models


class ResPartner(models.Model):
    """The district of a place: couriers go from one to the next."""

    _inherit = "res.partner"

    recouvrement_district = fields.Char(
        string="District",
        help="Part of the town, by which couriers' errands are grouped. Suggested from"
        " the second line of the address, else the town.",
        compute="_compute_recouvrement_district",
        store=True,
        readonly=False,
    )

    @api.depends("street2", "city")
    def _compute_recouvrement_district(self):
        for partner in self:
            partner.recouvrement_district = (
                partner.street2 or partner.city or ""
            ).strip() or False
