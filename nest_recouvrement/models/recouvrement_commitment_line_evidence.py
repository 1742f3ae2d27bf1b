from odoo import api, models


class RecouvrementCommitmentLine(models.Model):
    """What was promised on an item stays as it was said, once the promise is ended."""

    _inherit = "recouvrement.commitment.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Let lines be added to open promises only.

        :raise UserError: the promise is ended, or an amount is the ledger's
        """
        for vals in vals_list:
            self._check_written_by_hand(vals)
        lines = super().create(vals_list)
        lines._check_written_by_hand({})
        return lines

    def write(self, vals):
        """Keep the amounts of the ledger, and the lines of ended promises."""
        self._check_written_by_hand(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ended(self):
        self._check_written_by_hand({})

    def unlink(self):
        """Leave no promise without an invoice."""
        commitments = self.commitment_id
        result = super().unlink()
        context = self.env.context
        if not (
            context.get("recouvrement_lines_of_promise")
            or context.get("recouvrement_release")
        ):
            commitments.exists()._check_lines()
        return result

    def _check_written_by_hand(self, vals):
        """Refuse to write what the ledger says, or was said in an ended promise."""
        if self.env.su:
            return
        commitments = self.commitment_id
        if {"matched_before", "paid_amount"} & vals.keys() or any(
            commitment.state != "open" for commitment in commitments
        ):
            commitments._refuse_by_hand()
