from odoo import fields, models

from .recouvrement_pickup import IN_HAND_STATES


class RecouvrementCommitment(models.Model):
    """A promise is not broken while its cheque is in our own hands."""

    _inherit = "recouvrement.commitment"

    pickup_ids = fields.One2many(
        string="Errands",
        comodel_name="recouvrement.pickup",
        inverse_name="commitment_id",
    )

    def _get_outcome(self):
        """Wait for the bank as long as the courier or the accountant has the cheque."""
        outcome = super()._get_outcome()
        # Whoever may not see an errand still must not break its promise.
        if outcome[0] in ("broken", "partly_kept") and any(
            pickup.state in IN_HAND_STATES for pickup in self.sudo().pickup_ids
        ):
            return "open", None
        return outcome
