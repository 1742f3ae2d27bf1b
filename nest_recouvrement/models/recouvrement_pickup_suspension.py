from odoo import Command, fields, models

from ..tools.dates import day_in_timezone


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

    def _on_delivered(self):
        """The delivery of a notice is its proof."""
        result = super()._on_delivered()
        # The courier proves the delivery without seeing the suspension.
        for pickup in self.sudo().filtered("suspension_id"):
            pickup.suspension_id._record_delivery(
                day_in_timezone(
                    pickup.date_done, pickup.company_id._recouvrement_timezone()
                ),
                received_by=pickup.received_by,
            )
        return result

    def _attach_letter(self, letter):
        """Give the courier a copy of a letter: the errand is all that courier sees.

        :param ir.attachment letter: nothing if no document is rendered
        """
        self.ensure_one()
        document = letter.copy({"res_id": self.id, "res_model": self._name})
        if document:
            self.document_ids = [Command.link(document.id)]
