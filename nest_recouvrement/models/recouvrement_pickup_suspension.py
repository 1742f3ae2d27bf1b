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
            receiver = pickup._get_optional("received_by")
            pickup.suspension_id._record_delivery(
                day_in_timezone(
                    pickup._get_optional("date_done") or fields.Datetime.now(),
                    pickup.company_id._recouvrement_timezone(),
                ),
                received_by=receiver or pickup.contact_id.display_name,
            )

    def _get_optional(self, field_name):
        """Return the value of a field that the courier's screens may add."""
        return self[field_name] if field_name in self._fields else False

    def _attach_letter(self, letter):
        """Give the courier a copy of a letter: the errand is all that courier sees.

        :param ir.attachment letter: nothing if no document is rendered
        """
        self.ensure_one()
        document = letter.copy({"res_id": self.id, "res_model": self._name})
        if document and "document_ids" in self._fields:
            self.document_ids = [Command.link(document.id)]
