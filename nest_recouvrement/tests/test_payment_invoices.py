from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .payment_common import PaymentCommon


@tagged("post_install", "-at_install")
class TestPaymentInvoices(PaymentCommon):
    """A guarantor's payment names its invoices, and settles exactly these."""

    def test_settles_exactly_what_is_named(self):
        """Ensure that partial amounts on chosen invoices leave the oldest alone."""
        self._name({self.middle: 2000, self.young: 500})
        self.assertResiduals(1000, 0, 2500)

    def test_different_due_dates_partly(self):
        """Ensure that each of three invoices gets its own part."""
        payment = self._name({self.old: 300, self.middle: 1200, self.young: 700})
        self.assertResiduals(700, 800, 2300)
        self.assertEqual(
            payment.recouvrement_line_ids.mapped("settled_amount"), [300, 1200, 700]
        )
        self.assertTrue(payment.is_reconciled)

    def test_rest_stays_unallocated(self):
        """Ensure that what is not named is matched with nothing."""
        payment = self._name({self.young: 400}, amount=1000)
        self.assertResiduals(1000, 2000, 2600)
        self.assertFigures(
            self._dossier(self.guarantor), unallocated_credit=600, balance=5000
        )
        self.assertEqual(payment.recouvrement_unnamed_amount, 600)
        self.assertFalse(payment.recouvrement_to_settle)

    def test_full_payment_closes_everything(self):
        """Ensure that three full amounts close the three invoices."""
        payment = self._name({self.old: 1000, self.middle: 2000, self.young: 3000})
        self.assertResiduals(0, 0, 0)
        self.assertEqual(
            set(self.invoices.mapped("payment_state")) - {"paid", "in_payment"}, set()
        )
        self.assertEqual(len(payment.move_id.line_ids), 2)

    def test_journal_tells_the_payment(self):
        """Ensure that the journal says what was paid, on which invoices, by whom."""
        self._dossier(self.guarantor)
        payments = self.payments.with_user(self.accountant)
        payment = payments.create(
            self._prepare_payment(
                {self.old: 1000, self.young: 250}, memo="Transfer 0042"
            )
        )
        payment.action_post()
        row = self._journal()
        self.assertRecordValues(
            row, [{"amount": 1250, "done_user_id": self.accountant.id}]
        )
        self.assertIn("1,250", row.name.replace(" ", " "))
        self.assertIn("Transfer 0042", row.note)
        self.assertEqual(
            {line.name: line.amount for line in row.line_ids},
            {self.old.name: 1000, self.young.name: 250},
        )

    def test_posted_again_after_draft(self):
        """Ensure that a payment set back to draft gives its invoices back, once."""
        payment = self._name({self.middle: 1500})
        payment.action_draft()
        self.assertResiduals(1000, 2000, 3000)
        payment.recouvrement_line_ids.amount = 700
        payment.amount = 700
        payment.action_post()
        self.assertResiduals(1000, 1300, 3000)
        payment.action_post()
        self.assertResiduals(1000, 1300, 3000)

    def test_posted_in_one_batch(self):
        """Ensure that payments posted together each settle their own invoices."""
        payments = self.payments.create(
            [
                self._prepare_payment({self.young: 100}),
                self._prepare_payment({self.middle: 200}),
                self._prepare_payment({self.young: 300, self.old: 400}),
            ]
        )
        payments.action_post()
        self.assertResiduals(600, 1800, 2600)

    def test_credit_on_another_receivable_account(self):
        """Ensure that the payment is booked where its invoices are."""
        account = self.receivable_account.copy({"code": "411999"})
        entry = self._entry(self.guarantor, 500, due=-10, account=account)
        payment = self._name({entry: 200})
        self.assertEqual(payment.destination_account_id, account)
        self.assertEqual(self._items(entry).amount_residual, 300)

    def test_two_receivable_accounts_are_refused(self):
        """Ensure that one payment does not name items of two accounts."""
        account = self.receivable_account.copy({"code": "411999"})
        entry = self._entry(self.guarantor, 500, due=-10, account=account)
        with self.assertRaisesRegex(ValidationError, "one payment per account"):
            self._name({entry: 200, self.old: 100})

    # === FOREIGN CURRENCIES === #

    def _set_up_euro(self):
        """100 EUR were 65 000, and are 60 000 on the day of payment."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        euro.rate_ids = [
            Command.create(
                {
                    "name": self._in_days(days),
                    "rate": 1 / rate,
                    "company_id": self.company.id,
                }
            )
            for days, rate in ((-90, 650), (-1, 600))
        ]
        return euro

    def test_foreign_invoice_paid_in_its_currency(self):
        """Ensure that named euros settle euros, with the exchange difference."""
        euro = self._set_up_euro()
        invoice = self._invoice(self.guarantor, 100, due=-20, currency_id=euro.id)
        self.assertEqual(self._items(invoice).amount_residual, 65000)
        payment = self._name({invoice: 40}, amount=50, currency_id=euro.id)
        self.assertEqual(invoice.amount_residual, 60)
        self.assertEqual(self._items(invoice).amount_residual, 39000)
        self.assertEqual(self._items(payment.move_id).amount_residual_currency, -10)

    def test_foreign_invoice_paid_in_company_currency(self):
        """Ensure that 60 000 settle 100 EUR on the day when they are worth it."""
        euro = self._set_up_euro()
        invoice = self._invoice(self.guarantor, 100, due=-20, currency_id=euro.id)
        payment = self._name({invoice: 30000}, post=False)
        self.assertEqual(payment.recouvrement_line_ids.residual_amount, 60000)
        payment.action_post()
        self.assertEqual(invoice.amount_residual, 50)
        self.assertTrue(payment.is_reconciled)

    def test_company_invoice_paid_in_euros(self):
        """Ensure that 2 EUR settle 1 200 of an invoice in company currency."""
        euro = self._set_up_euro()
        self._name({self.middle: 2}, currency_id=euro.id)
        self.assertResiduals(1000, 800, 3000)

    # === LATER, AND BY HAND === #

    def test_allocated_later(self):
        """Ensure that a posted payment settles what is named afterwards, exactly."""
        self.company.recouvrement_payment_invoices = "warning"
        payment = self._name(amount=1500)
        self.assertResiduals(1000, 2000, 3000)
        payment.recouvrement_line_ids = [
            Command.create(
                {"move_line_id": self._items(self.young).id, "amount": 1200}
            ),
        ]
        self.assertTrue(payment.recouvrement_to_settle)
        payment.action_settle_named()
        self.assertResiduals(1000, 2000, 1800)
        self.assertFalse(payment.recouvrement_to_settle)
        with self.assertRaisesRegex(UserError, "nothing is left to match"):
            payment.action_settle_named()

    def test_allocated_later_beyond_what_is_left(self):
        """Ensure that what is matched by hand is not allocated a second time."""
        payment = self._name(amount=1500)
        self._reconcile(payment.move_id, self.old)
        self.assertResiduals(0, 2000, 3000)
        payment.recouvrement_line_ids = [
            Command.create({"move_line_id": self._items(self.young).id, "amount": 600})
        ]
        with self.assertRaisesRegex(ValidationError, "Only .*500.* not matched yet"):
            payment.action_settle_named()

    def test_matched_by_hand(self):
        """Ensure that the accountant goes on matching by hand, oldest first."""
        payment = self._name(amount=1500)
        credit = payment.move_id.line_ids.filtered(lambda line: line.credit)
        self.young.js_assign_outstanding_line(credit.id)
        self.assertResiduals(1000, 2000, 1500)

    def test_unmatched_by_hand_then_settled_again(self):
        """Ensure that names survive an unmatching, and may be settled again."""
        payment = self._name({self.young: 500})
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertResiduals(1000, 2000, 3000)
        self.assertTrue(payment.recouvrement_to_settle)
        payment.action_settle_named()
        self.assertResiduals(1000, 2000, 2500)

    def test_settled_names_are_kept(self):
        """Ensure that nobody rewrites which invoices a payment settled."""
        payment = self._name({self.young: 500})
        line = payment.recouvrement_line_ids.with_user(self.accountant)
        with self.assertRaisesRegex(ValidationError, "undo the matching"):
            line.amount = 400
        with self.assertRaisesRegex(ValidationError, "undo the matching"):
            line.unlink()

    # === BAD INPUT === #

    def test_invoice_of_another_guarantor(self):
        """Ensure that a payment on another guarantor's invoice is refused."""
        other = self._invoice(self._create_guarantor(name="Other"), 500)
        with self.assertRaisesRegex(ValidationError, "is not owed by IPM Teranga"):
            self._name({other: 500}, post=False)

    def test_invoice_of_another_company(self):
        """Ensure that a payment on another company's invoice is refused."""
        other = self.setup_other_company(name="Other clinic")["company"]
        invoice = self._invoice(self.guarantor, 500, company=other)
        with self.assertRaises(UserError):
            self._name({invoice: 500}, post=False)

    def test_contact_pays_for_its_entity(self):
        """Ensure that an invoice of the entity may be paid by one of its contacts."""
        contact = self._create_guarantor(
            name="Accounts", is_company=False, parent_id=self.guarantor.id
        )
        self._name({self.old: 100}, partner=contact)
        self.assertResiduals(900, 2000, 3000)

    def test_above_what_is_open(self):
        """Ensure that more than what is open on an invoice is refused."""
        with self.assertRaisesRegex(ValidationError, "has only .*1,000.* open"):
            self._name({self.old: 1001}, post=False)

    def test_paid_meanwhile(self):
        """Ensure that posting says which invoice was paid meanwhile."""
        payment = self._name({self.old: 1000, self.young: 10}, post=False)
        self._pay(self.old)
        with self.assertRaisesRegex(
            ValidationError, f"{self.old.name} was paid meanwhile"
        ):
            payment.action_post()
        self.assertResiduals(0, 2000, 3000)

    def test_invoice_changed_meanwhile(self):
        """Ensure that posting refuses what was set back to draft, or deleted."""
        payment = self._name({self.old: 1000}, post=False)
        self.old.button_draft()
        with self.assertRaisesRegex(ValidationError, "is not owed by"):
            payment.action_post()
        self.old.unlink()
        with self.assertRaisesRegex(ValidationError, "was changed or deleted"):
            payment.action_post()

    def test_partly_paid_meanwhile(self):
        """Ensure that posting says what remains of an invoice."""
        payment = self._name({self.old: 1000}, post=False)
        self._pay(self.old, amount=600)
        with self.assertRaisesRegex(
            ValidationError, f"{self.old.name} has only .*400.* open"
        ):
            payment.action_post()

    def test_same_invoice_in_two_payments_posted_together(self):
        """Ensure that two payments posted together do not take one invoice twice."""
        first = self._name({self.old: 700}, post=False)
        second = self._name({self.old: 700}, post=False)
        with self.assertRaisesRegex(ValidationError, "has only .*300.* open"):
            (first + second).action_post()

    def test_sum_above_the_payment(self):
        """Ensure that invoices are not named for more than is received."""
        with self.assertRaisesRegex(ValidationError, "more than the payment"):
            self._name({self.old: 600, self.middle: 500}, amount=1000, post=False)

    def test_sum_above_the_payment_line_by_line(self):
        """Ensure that a line written alone is checked as well."""
        payment = self._name({self.old: 600}, amount=1000, post=False)
        with self.assertRaisesRegex(ValidationError, "more than the payment"):
            self.env["recouvrement.payment.line"].create(
                {
                    "payment_id": payment.id,
                    "move_line_id": self._items(self.middle).id,
                    "amount": 401,
                }
            )

    def test_paid_to_a_supplier(self):
        """Ensure that only what a customer pays names invoices."""
        with self.assertRaisesRegex(ValidationError, "received from a customer"):
            self._name({self.old: 600}, payment_type="outbound", post=False)

    # === RIGHTS === #

    def test_rights(self):
        """Ensure that officers read what accountants write, and couriers nothing."""
        payment = self._name({self.old: 600}, post=False)
        line = payment.recouvrement_line_ids
        self.assertEqual(line.with_user(self.officer).amount, 600)
        with self.assertRaises(AccessError):
            line.with_user(self.officer).amount = 500
        with self.assertRaises(AccessError):
            line.with_user(self.officer).unlink()
        with self.assertRaises(AccessError):
            line.with_user(self.courier).read(["amount"])
        line.with_user(self.accountant).amount = 500
        self.assertEqual(line.amount, 500)

    # === THE FORM === #

    def test_typed_from_nothing(self):
        """Ensure that the form names invoices as it is filled in, from empty."""
        with Form(self.payments.with_user(self.accountant)) as form:
            self.assertEqual(form.recouvrement_policy, "off")
            form.partner_id = self.guarantor
            self.assertEqual(form.recouvrement_policy, "warning")
            form.amount = 900
            with form.recouvrement_line_ids.new() as line:
                line.move_line_id = self._items(self.middle)
                self.assertEqual((line.residual_amount, line.amount), (2000, 900))
                line.amount = 700
            self.assertEqual(form.recouvrement_unnamed_amount, 200)
        form.record.action_post()
        self.assertResiduals(1000, 1300, 3000)

    def test_propose_the_oldest(self):
        """Ensure that the oldest invoices are proposed for what remains to name."""
        payment = self._name({self.young: 500}, amount=2700, post=False)
        payment.action_propose_oldest()
        self.assertEqual(
            {line.name: line.amount for line in payment.recouvrement_line_ids},
            {self.old.name: 1000, self.middle.name: 1200, self.young.name: 500},
        )
        with self.assertRaisesRegex(ValidationError, "names its invoices already"):
            payment.action_propose_oldest()

    def test_propose_when_nothing_is_open(self):
        """Ensure that a proposal without invoices says so."""
        payment = self._name(
            amount=10, partner=self._create_guarantor(name="Other"), post=False
        )
        with self.assertRaisesRegex(ValidationError, "No other invoice of Other"):
            payment.action_propose_oldest()

    def test_lower_amount_spreads_over_the_oldest(self):
        """Ensure that a lower amount settles the oldest of the invoices named."""
        payment = self._name(
            {self.old: 1000, self.middle: 2000, self.young: 500}, post=False
        )
        with Form(payment) as form:
            form.amount = 1800
        self.assertEqual(
            {line.name: line.amount for line in payment.recouvrement_line_ids},
            {self.old.name: 1000, self.middle.name: 800},
        )
