from odoo import api, fields, models


class RecouvrementPickupForm(models.AbstractModel):
    """A form about one errand, which its user may read."""

    _name = "recouvrement.pickup.form"
    _description = "Form of an Errand"

    pickup_id = fields.Many2one(
        string="Errand",
        comodel_name="recouvrement.pickup",
        required=True,
        ondelete="cascade",
    )
    # Related without sudo: nobody reads the errand of another courier through a form.
    kind = fields.Selection(related="pickup_id.kind", related_sudo=False)
    partner_id = fields.Many2one(
        string="Guarantor", related="pickup_id.partner_id", related_sudo=False
    )
    currency_id = fields.Many2one(related="pickup_id.currency_id", related_sudo=False)

    @api.model_create_multi
    def create(self, vals_list):
        forms = super().create(vals_list)
        forms.pickup_id.check_access("read")
        return forms

    def write(self, vals):
        result = super().write(vals)
        if "pickup_id" in vals:
            self.pickup_id.check_access("read")
        return result
