from odoo import fields, models


class RecouvrementCallAnswer(models.TransientModel):
    """A promise that was not kept, and what the guarantor says about it."""

    _name = "recouvrement.call.answer"
    _description = "Question about a Broken Promise"

    call_id = fields.Many2one(
        comodel_name="recouvrement.call", required=True, ondelete="cascade"
    )
    commitment_id = fields.Many2one(
        string="Promise",
        comodel_name="recouvrement.commitment",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="commitment_id.currency_id")
    date = fields.Date(related="commitment_id.date")
    amount = fields.Monetary(related="commitment_id.amount")
    paid_amount = fields.Monetary(related="commitment_id.paid_amount")
    means = fields.Selection(related="commitment_id.means")
    reason_id = fields.Many2one(
        string="Why It Was Not Kept",
        comodel_name="recouvrement.commitment.reason",
        ondelete="cascade",
    )
    answer = fields.Char(string="What Was Said")

    def _is_answered(self):
        """Return whether the guarantor gave a reason."""
        self.ensure_one()
        return bool(self.reason_id or (self.answer or "").strip())
