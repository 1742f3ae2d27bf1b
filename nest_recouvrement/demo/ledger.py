"""Writes what was planned in ``billing.py`` into the books of a company."""

from collections.abc import Iterator
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from .billing import Billing, CreditNote, Invoice
from .guarantors import Guarantor
from .payments import DemoPayments
from .tools import analyze, batches, get_currency, get_journal

# The lines are complete, and without analytic distribution: nothing to bring in line.
COMPLETE = {
    "skip_analytic_sync": True,
    "skip_invoice_line_sync": True,
    "skip_invoice_sync": True,
}
# Francs per euro, fixed by treaty.
XOF_PER_EUR = 655.957


class DemoLedger:
    """Posts documents in batches, and matches payments with what they pay."""

    def __init__(self, company, partners):
        self.company = company
        self.env = company.env
        self.partners = partners
        self.today = company._recouvrement_today()
        self.sale_journal = get_journal(company, "sale")
        self.accountant = self.env.ref("nest_recouvrement.user_accountant")
        self.moves = {}
        self.next_numbers = {}

    def post(self, billings: list[Billing]) -> None:
        """Post what is planned, in the order in which it happened where it matters."""
        self._prepare_currencies(billings)
        self._post_opening_balances(billings)
        self._post_invoices(billings)
        analyze(self.env, "account_move", "account_move_line")
        self._post_credit_notes(billings)
        DemoPayments(self.company, self.partners, self.moves).post(billings)

    def _prepare_currencies(self, billings: list[Billing]) -> None:
        """Activate foreign currencies, with their rate if it is known."""
        for code in {billing.guarantor.currency for billing in billings} - {""}:
            currency = self.env.ref(f"base.{code}")
            currency.active = True
            francs = self.company.currency_id.name == "XOF"
            if code == "EUR" and francs and not currency.rate_ids:
                currency.rate_ids = [
                    Command.create(
                        {
                            "company_id": self.company.id,
                            "name": self.today - relativedelta(years=2),
                            "rate": 1 / XOF_PER_EUR,
                        }
                    )
                ]

    def _next_name(self, year: int, refund: bool = False) -> str:
        """Return the next number of the sales journal.

        Odoo would number the documents too, with a few queries for each.
        """
        prefix = f"{'R' if refund else ''}{self.sale_journal.code}/{year}/"
        if prefix not in self.next_numbers:
            [(last,)] = self.env["account.move"]._read_group(
                [
                    ("journal_id", "=", self.sale_journal.id),
                    ("sequence_prefix", "=", prefix),
                ],
                aggregates=["sequence_number:max"],
            )
            self.next_numbers[prefix] = (last or 0) + 1
        number = self.next_numbers[prefix]
        self.next_numbers[prefix] += 1
        return f"{prefix}{number:05}"

    def _post_moves(self, values_list: list[dict]):
        """Create and post journal entries.

        The values hold every line as Odoo itself would complete it, so that the most
        expensive part of the creation is left out.
        """
        moves = self.env["account.move"]
        complete = moves.with_context(**COMPLETE)
        for batch in batches(values_list):
            moves += complete.create(batch).with_env(self.env)
        for batch in batches(moves):
            batch.action_post()
        return moves

    # === OPENING BALANCES === #

    def _post_opening_balances(self, billings: list[Billing]) -> None:
        """Post what was owed before, in a general journal: out of follow-up."""
        journal = get_journal(self.company, "general")
        counterpart = self.company.get_unaffected_earnings_account()
        day = self.today - relativedelta(months=14)
        for billing in billings:
            if "opening_balance" not in billing.guarantor.events:
                continue
            partner = self.partners[billing.guarantor.key]
            amount = billing.guarantor.turnover
            label = "Reprise du solde antérieur"
            lines = [
                {
                    "account_id": partner.property_account_receivable_id.id,
                    "balance": amount,
                    "date_maturity": day - timedelta(days=45),
                },
                {"account_id": counterpart.id, "balance": -amount},
            ]
            self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "date": day,
                    "ref": label,
                    "line_ids": [
                        Command.create(
                            {**line, "name": label, "partner_id": partner.id}
                        )
                        for line in lines
                    ],
                }
            ).action_post()

    # === INVOICES AND CREDIT NOTES === #

    def _post_invoices(self, billings: list[Billing]) -> None:
        documents = sorted(
            (
                (billing.guarantor, invoice)
                for billing in billings
                for invoice in billing.invoices
            ),
            key=lambda document: (document[1].date, document[0].key),
        )
        moves = self._post_moves(
            [
                self._prepare_invoice_values(guarantor, invoice)
                for guarantor, invoice in documents
            ]
        )
        self.moves = {
            (guarantor.key, invoice.number): move
            for (guarantor, invoice), move in zip(documents, moves, strict=True)
        }

    def _prepare_invoice_values(self, guarantor: Guarantor, invoice: Invoice) -> dict:
        partner = self.partners[guarantor.key]
        # A guarantor may have its invoices sent to its accounting department.
        contact = partner.child_ids.filtered(lambda child: child.type == "invoice")
        addressee = contact if "contact" in guarantor.events else partner
        currency = get_currency(self.company, guarantor)
        lines = [
            self._prepare_line_values(
                line.service,
                f"{line.patients} patients, bordereau {invoice.reference}",
                self.company.currency_id._convert(
                    line.amount, currency, self.company, invoice.date
                ),
                currency,
                invoice,
            )
            for line in invoice.lines
        ]
        lines += self._prepare_due_values(partner, invoice, lines, currency)
        return {
            "move_type": "out_invoice",
            "name": self._next_name(invoice.date.year),
            "journal_id": self.sale_journal.id,
            "partner_id": addressee.id,
            "currency_id": currency.id,
            "invoice_date": invoice.date,
            "invoice_payment_term_id": partner.property_payment_term_id.id,
            "invoice_user_id": self.accountant.id,
            "ref": invoice.reference,
            "line_ids": [Command.create(values) for values in lines],
        }

    def _prepare_line_values(
        self, service: str, label: str, price: float, currency, invoice: Invoice
    ) -> dict:
        product = self.env.ref(f"nest_recouvrement.product_{service}")
        account = (
            product._get_product_accounts()["income"]
            or self.sale_journal.default_account_id
        )
        return {
            "display_type": "product",
            "product_id": product.id,
            "name": f"{product.name} : {label}",
            "account_id": account.id,
            "quantity": 1,
            "price_unit": price,
            "tax_ids": [Command.clear()],
            "analytic_distribution": False,
            "amount_currency": -price,
            "balance": -currency._convert(
                price, self.company.currency_id, self.company, invoice.date
            ),
        }

    def _prepare_due_values(
        self, partner, invoice: Invoice, lines: list[dict], currency
    ) -> Iterator[dict]:
        """Yield one receivable item per due date, in equal parts."""
        total = {
            name: -sum(line[name] for line in lines)
            for name in ("amount_currency", "balance")
        }
        count = len(invoice.due_dates)
        part = {
            "amount_currency": currency.round(total["amount_currency"] / count),
            "balance": self.company.currency_id.round(total["balance"] / count),
        }
        for index, due_date in enumerate(invoice.due_dates, start=1):
            if index == count:
                part = {name: total[name] - part[name] * (count - 1) for name in part}
            yield {
                "display_type": "payment_term",
                "account_id": partner.property_account_receivable_id.id,
                "date_maturity": due_date,
                **part,
            }

    def _post_credit_notes(self, billings: list[Billing]) -> None:
        self._post_moves(
            [
                self._prepare_credit_note_values(billing.guarantor, credit_note)
                for billing in billings
                for credit_note in billing.credit_notes
            ]
        )

    def _prepare_credit_note_values(
        self, guarantor: Guarantor, credit_note: CreditNote
    ) -> dict:
        """Return a credit note for a share of the first line of an invoice.

        Posting matches it with the invoice that it reverses, if there is one.
        """
        invoice = credit_note.invoice
        move = self.moves[guarantor.key, invoice.number]
        items = {"product": 1, "payment_term": -1}
        amount = move.currency_id.round(move.amount_total * credit_note.share)
        lines = {
            line.display_type: {
                "display_type": line.display_type,
                "account_id": line.account_id.id,
                "balance": items[line.display_type] * amount,
                "amount_currency": items[line.display_type] * amount,
            }
            for line in move.line_ids
        }
        lines["product"] |= {
            "product_id": move.invoice_line_ids[0].product_id.id,
            "name": f"Actes refusés, bordereau {invoice.reference}",
            "quantity": 1,
            "price_unit": amount,
            "tax_ids": [Command.clear()],
        }
        lines["payment_term"]["date_maturity"] = credit_note.date
        return {
            "move_type": "out_refund",
            "name": self._next_name(credit_note.date.year, refund=True),
            "journal_id": self.sale_journal.id,
            "partner_id": move.partner_id.id,
            "invoice_date": credit_note.date,
            "invoice_payment_term_id": False,
            "invoice_user_id": self.accountant.id,
            "ref": invoice.reference,
            "reversed_entry_id": credit_note.matched and move.id,
            "line_ids": [Command.create(values) for values in lines.values()],
        }
