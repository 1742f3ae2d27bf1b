from odoo import fields, models


class RecouvrementPickup(models.Model):
    """Letters that a courier delivers: the notice of a suspension."""

    _inherit = "recouvrement.pickup"

    suspension_id = fields.Many2one(
        comodel_name="recouvrement.suspension",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    def write(self, vals):
        """The delivery of a notice is its proof."""
        pending = self.filtered(lambda pickup: pickup.state != "delivered")
        result = super().write(vals)
        if vals.get("state") == "delivered":
            pending._prove_suspension_notice()
        return result

    def _prove_suspension_notice(self):
        """Record the delivery on the suspensions whose notice was delivered."""
        # The courier proves the delivery without seeing the suspension.
        for pickup in self.sudo().filtered("suspension_id"):
            pickup.suspension_id._record_delivery(
                pickup.company_id._recouvrement_today(),
                received_by=pickup._get_receiver_name(),
            )

    def _get_receiver_name(self):
        """Return who received the letter, for the proof."""
        self.ensure_one()
        return self.contact_id.display_name
