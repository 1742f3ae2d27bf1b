"""Writes the payments planned in ``billing.py``, and matches what they settle."""

from .billing import Billing, Payment
from .guarantors import Guarantor
from .tools import analyze, batches, get_currency, get_journal


class DemoPayments:
    """Posts the payments of invoices that are in the books."""

    def __init__(self, company, partners, moves):
        self.company = company
        self.env = company.env
        self.partners = partners
        # Invoices by key of the guarantor and number.
        self.moves = moves
        self.journal = get_journal(company, "bank")

    def post(self, billings: list[Billing]) -> None:
        """Post the payments in batches, and match them all at once."""
        analyze(self.env, "account_move", "account_move_line")
        planned = [
            (billing.guarantor, payment, self._get_items(billing.guarantor, payment))
            for billing in billings
            for payment in billing.payments
        ]
        planned = [plan for plan in planned if plan[2]]
        planned.sort(key=lambda plan: (plan[1].date, plan[0].key))
        payments = self.env["account.payment"].create(
            [self._prepare_payment_values(*plan) for plan in planned]
        )
        for batch in batches(payments):
            batch.action_post()
        self.env["account.move.line"]._reconcile_plan(
            [
                items | _receivable_items(payment.move_id)
                for (_guarantor, plan, items), payment in zip(
                    planned, payments, strict=True
                )
                if plan.matched
            ]
        )
        analyze(
            self.env,
            "account_move",
            "account_move_line",
            "account_partial_reconcile",
            "account_payment",
        )

    def _get_items(self, guarantor: Guarantor, payment: Payment):
        """Return the items to be paid, without those that a credit note settled."""
        items = self.env["account.move.line"]
        for invoice, due_date in payment.parts:
            move = self.moves[guarantor.key, invoice.number]
            items |= _receivable_items(move).filtered(
                lambda item, due_date=due_date: item.date_maturity == due_date
                and not item.reconciled
            )
        return items

    def _prepare_payment_values(
        self, guarantor: Guarantor, payment: Payment, items
    ) -> dict:
        currency = get_currency(self.company, guarantor)
        owed = sum(items.mapped("amount_residual_currency"))
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.partners[guarantor.key].id,
            "journal_id": self.journal.id,
            "currency_id": currency.id,
            "date": payment.date,
            "amount": currency.round(owed * payment.share) + payment.surplus,
            "memo": payment.memo,
        }


def _receivable_items(moves):
    return moves.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )
