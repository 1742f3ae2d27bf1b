from odoo import api, models


class AccountPartialReconcile(models.Model):
    """A cheque is paid once its payment is matched, and only as long as it is."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._get_errand_payments()._update_errands()
        return partials

    def unlink(self):
        payments = self._get_errand_payments()
        result = super().unlink()
        payments._update_errands()
        return result

    def _get_errand_payments(self):
        """Return the payments of couriers' cheques among what is matched.

        The errand is looked at whoever matches, also who may not see errands.
        """
        payments_sudo = self.credit_move_id.move_id.origin_payment_id.sudo()
        return payments_sudo.filtered("recouvrement_pickup_id")
