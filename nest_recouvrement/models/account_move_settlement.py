from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """Settle named invoices when the counterpart of a bank transaction is booked.

        A payment may wait for its bank transaction without any entry of its own.
        """
        result = super().write(vals)
        if vals.keys() & {"line_ids", "state"}:
            transactions = self.statement_line_id
            if transactions:
                transactions._settle_recouvrement_payments()
        return result
