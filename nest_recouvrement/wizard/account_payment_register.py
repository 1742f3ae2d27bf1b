from odoo import models


class AccountPaymentRegister(models.TransientModel):
    """Registering a payment on invoices names them: what is matched is recorded."""

    _inherit = "account.payment.register"

    def _post_payments(self, to_process, edit_mode=False):
        """Post without asking for names: the invoices are chosen already."""
        return super(
            AccountPaymentRegister,
            self.with_context(recouvrement_named_by_wizard=True),
        )._post_payments(to_process, edit_mode=edit_mode)

    def _reconcile_payments(self, to_process, edit_mode=False):
        """Record as named what each payment was matched with."""
        result = super()._reconcile_payments(to_process, edit_mode=edit_mode)
        payments = self.env["account.payment"].union(
            *(vals["payment"] for vals in to_process)
        )
        payments._record_matched()
        return result
