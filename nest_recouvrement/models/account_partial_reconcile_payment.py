from odoo import api, models


class AccountPartialReconcile(models.Model):
    """A cheque is paid, and a promise kept, only as long as the payment is matched."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        commitments = self.env["recouvrement.commitment"]
        commitments._mark_to_judge(partials.debit_move_id)
        partials._get_announced_payments()._update_errands()
        return partials

    def unlink(self):
        payments = self._get_announced_payments()
        commitments = self.env["recouvrement.commitment"]
        ended = commitments._mark_to_judge(self.debit_move_id)
        result = super().unlink()
        payments._update_errands()
        # The others with the next refresh.
        (payments.sudo()._get_promises() & ended)._evaluate()
        return result

    def _get_announced_payments(self):
        """Return the payments of cheques and promises among what is matched.

        They are looked at whoever matches, also who may see neither.
        """
        payments_sudo = self.credit_move_id.move_id.origin_payment_id.sudo()
        return payments_sudo.filtered(
            lambda payment: payment.recouvrement_pickup_id
            or payment.recouvrement_commitment_id
        )
