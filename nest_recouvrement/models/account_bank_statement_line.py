from odoo import models


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def _settle_recouvrement_payments(self):
        """Settle what payments without a journal entry name, with these transactions.

        Called when the counterpart of a transaction is booked, by hand or through a
        reconciliation screen.
        """
        items = self.move_id.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
            and item.parent_state == "posted"
            and item.amount_residual < 0
        )
        if not items:
            return
        self.env["account.payment"].search(
            [
                ("partner_id", "child_of", items.partner_id.commercial_partner_id.ids),
                ("journal_id", "in", items.journal_id.ids),
                ("state", "in", ("in_process", "paid")),
                ("move_id", "=", False),
                ("recouvrement_line_ids", "!=", False),
                ("recouvrement_statement_line_id", "=", False),
            ]
        )._settle_through_bank()
