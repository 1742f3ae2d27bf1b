from odoo import models


class AccountPayment(models.Model):
    """Payments without a journal entry: the bank transaction books them.

    Odoo 19 posts such a payment where its method has no outstanding account. Its
    invoices show as paid while the ledger says that they are owed (design, section 3).
    """

    _inherit = "account.payment"

    def _ensure_entry(self):
        """Give a journal entry to payments that name invoices and would have none.

        Without an entry the invoices show as paid while the ledger says that they are
        owed, and nothing in Community matches them later (design, section 3).
        """
        for payment in self:
            if (
                payment.recouvrement_line_ids
                and not payment.move_id
                and not payment.outstanding_account_id
                and payment._is_entry_needed()
            ):
                payment.outstanding_account_id = payment._get_outstanding_account(
                    payment.payment_type
                )

    def _is_entry_needed(self):
        """Return whether nothing else books the payment: a bank reconciliation does."""
        in_payment = self.env["account.move"]._get_invoice_in_payment_state()
        return in_payment != "in_payment"

    def _link_entryless(self):
        """Tell Odoo which invoices a payment without a journal entry is for."""
        for payment in self.filtered(
            lambda payment: payment.recouvrement_line_ids and not payment.move_id
        ):
            payment.invoice_ids |= payment.recouvrement_line_ids.move_line_id.move_id

    def _find_bank_transaction(self):
        """Find the bank transaction that booked a payment without a journal entry.

        One of the same guarantor, journal and amount, whose counterpart is open on
        the receivable account: by hand, or through a reconciliation screen.

        :raise ValidationError: none, or more than one
        """
        self.ensure_one()
        found = self._search_bank_transactions()
        if len(found) != 1:
            raise self._named_error(
                self.env._(
                    "This payment has no journal entry: book its bank transaction on"
                    " the receivable account of %(guarantor)s first. %(count)s"
                    " transactions of this amount were found.",
                    guarantor=self.recouvrement_partner_id.display_name,
                    count=len(found),
                )
            )
        self.recouvrement_statement_line_id = found

    def _search_bank_transactions(self):
        """Return the bank transactions that may be this payment, not used yet."""
        self.ensure_one()
        credits = self.env["account.move.line"].search(
            [
                ("move_id.statement_line_id", "!=", False),
                (
                    "partner_id.commercial_partner_id",
                    "=",
                    self.recouvrement_partner_id.id,
                ),
                ("journal_id", "=", self.journal_id.id),
                ("parent_state", "=", "posted"),
                ("account_id", "=", self.destination_account_id.id),
                ("amount_residual", "<", 0),
            ]
        )
        transactions = credits.move_id.statement_line_id.filtered(
            lambda line: self._compare(line.amount, self.amount) == 0
        )
        used = self.search([("recouvrement_statement_line_id", "in", transactions.ids)])
        return transactions - used.recouvrement_statement_line_id

    def _settle_through_bank(self):
        """Settle the payments without an entry whose bank transaction came.

        Left alone where it is not certain which transaction it is: the accountant
        decides.
        """
        for payment in self:
            found = payment._search_bank_transactions()
            if len(found) == 1:
                payment.recouvrement_statement_line_id = found
                payment._settle_named()
