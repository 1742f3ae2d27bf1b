from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """Have the dossiers of the matched partners refreshed."""
        partials = super().create(vals_list)
        (partials.debit_move_id | partials.credit_move_id)._mark_recouvrement_change()
        return partials

    def unlink(self):
        """Have the dossiers of the unmatched partners refreshed."""
        lines = self.debit_move_id | self.credit_move_id
        result = super().unlink()
        lines.exists()._mark_recouvrement_change()
        return result
