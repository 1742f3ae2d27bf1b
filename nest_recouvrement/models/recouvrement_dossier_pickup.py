from odoo import api, fields, models
from odoo.tools import SQL


class RecouvrementDossier(models.Model):
    """The errands of a dossier, and what they keep from being claimed."""

    _inherit = "recouvrement.dossier"

    pickup_ids = fields.One2many(
        string="Errands",
        comodel_name="recouvrement.pickup",
        inverse_name="dossier_id",
    )
    pickup_count = fields.Integer(
        string="Number of Errands", compute="_compute_pickup_count"
    )

    @api.depends("pickup_ids")
    def _compute_pickup_count(self):
        counts = dict(
            self.env["recouvrement.pickup"]._read_group(
                [("dossier_id", "in", self.ids)], ["dossier_id"], ["__count"]
            )
        )
        for dossier in self:
            dossier.pickup_count = counts.get(dossier, 0)

    def action_view_pickups(self):
        """Open the errands of the dossier."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "nest_recouvrement.recouvrement_pickup_action"
        )
        return {
            **action,
            "domain": [("dossier_id", "=", self.id)],
            "context": {"default_dossier_id": self.id},
        }

    @api.model
    def _get_contested_parts(self):
        """Nobody presses for a cheque that is in the courier's or accountant's hands.

        What an open promise covers already is counted there; the rest of the cheque is
        counted here, whatever became of its promise, and until it is paid or rejected.
        """
        return [
            *super()._get_contested_parts(),
            SQL(
                """
                SELECT line.move_line_id, 0,
                       GREATEST(line.amount - GREATEST(
                           COALESCE(covered.amount - covered.paid_amount, 0), 0), 0)
                  FROM recouvrement_pickup pickup
                  JOIN recouvrement_pickup_line line ON line.pickup_id = pickup.id
                  JOIN setting ON setting.company_id = pickup.company_id
             LEFT JOIN recouvrement_commitment commitment
                    ON commitment.id = pickup.commitment_id
                   AND commitment.state = 'open'
                   AND commitment.date + setting.grace_days >= setting.today
             LEFT JOIN recouvrement_commitment_line covered
                    ON covered.commitment_id = commitment.id
                   AND covered.move_line_id = line.move_line_id
                 WHERE pickup.state IN ('collected', 'handed_over')
                """
            ),
        ]
