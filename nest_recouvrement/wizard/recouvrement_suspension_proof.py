from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class RecouvrementSuspensionProof(models.TransientModel):
    """When, and by whom, the notice of a suspension was received."""

    _name = "recouvrement.suspension.proof"
    _description = "Proof of Delivery"

    suspension_id = fields.Many2one(
        comodel_name="recouvrement.suspension", required=True, ondelete="cascade"
    )
    date = fields.Date(
        string="Received On",
        default=lambda self: self.env.company._recouvrement_today(),
        required=True,
    )
    received_by = fields.Char(required=True)
    document_ids = fields.Many2many(
        string="Photo or Receipt", comodel_name="ir.attachment"
    )

    @api.constrains("date")
    def _check_date(self):
        for wizard in self:
            suspension = wizard.suspension_id
            today = suspension.company_id._recouvrement_today()
            if not suspension.date_notified <= wizard.date <= today:
                raise ValidationError(
                    self.env._(
                        "The notice was received between the day of the notice and"
                        " today."
                    )
                )

    def action_confirm(self):
        """Record the proof; it stays in the journal.

        :raise AccessError: for users who do not work in collection
        """
        self.ensure_one()
        if not self.env.user.has_group("nest_recouvrement.group_officer"):
            raise AccessError(
                self.env._("Only the collection team records proofs of delivery.")
            )
        self.suspension_id.check_access("read")
        self.suspension_id._record_delivery(
            self.date, self.received_by, self._keep_documents()
        )

    def _keep_documents(self):
        """Attach the documents to the suspension, so that they outlive this dialog."""
        # They are this user's own, uploaded for this proof.
        documents_sudo = self.document_ids.sudo()
        documents_sudo.write(
            {
                "res_id": self.suspension_id.id,
                "res_model": self.suspension_id._name,
            }
        )
        return documents_sudo
